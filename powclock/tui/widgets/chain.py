"""The chain: what was agreed, what was not, and where the next block is being searched for.

The picture follows the tip or stays where the person moved it. It glides where it can, and is at
once where it must be when the race runs faster than an eye can follow, when its size changes, and
when it goes far.
"""

from typing import ClassVar

from textual.events import MouseScrollDown, MouseScrollUp

from powclock.record.detail import HEIGHTS
from powclock.record.events import Hash
from powclock.record.frame import Frame
from powclock.tui.glyphs import MORE_LEFT, RIVAL
from powclock.tui.lanes import Placed
from powclock.tui.motion import FOLLOW_S, PAN_S, Calm, Glide, Swap
from powclock.tui.rows import Row
from powclock.tui.state import Zoom
from powclock.tui.widgets.chain_boxes import Boxes
from powclock.tui.widgets.chain_caption import banner, caption, chosen
from powclock.tui.widgets.chain_cells import Cells, lines
from powclock.tui.widgets.chain_cursor import entry, step
from powclock.tui.widgets.chain_grid import grid
from powclock.tui.widgets.chain_picture import Moves, Picture
from powclock.tui.widgets.chain_reorg import Reorgs
from powclock.tui.widgets.chain_scene import Scene, Window, scene, window
from powclock.tui.widgets.chain_words import Words
from powclock.tui.widgets.panel import Panel, Part

# Lower or narrower than this, boxes would show less than words do.
_BOX_ROWS = 7
_BOX_COLUMNS = 60
_CAPTION_ROWS = 5
# A key moves the picture by so many heights; further than this it does not glide.
_PAN = 4
_GLIDE_HEIGHTS = 6
_HEIGHTS_MAX = 1_000


class Chain(Panel):
    """Blocks from left to right, rival branches below the best chain."""

    TITLE = "CHAIN"
    NAME = "chain"
    NUMBER: ClassVar[int] = 2

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._scene: Scene | None = None
        self._picture: Picture | None = None
        self._lanes_shown = 0
        self._shape: tuple[object, ...] = ()
        self._camera: int | None = None
        self._left = Glide.still(0)
        self._swap = Swap()
        self._reorgs = Reorgs()
        self._caption: Calm[Row | None] = Calm(None)

    def body(self, width: int, height: int) -> list[Row]:
        """The chain as large as the zoom says and the room allows, and a line of words below."""
        frame = self.state.frame
        if frame is None or width < 12 or height < 1:
            return []
        now_s = self.state.wall_s()
        self._reorgs.hear(reversed(self.state.events), now_s)
        captioned = height >= _CAPTION_ROWS
        room = height - 1 if captioned else height
        rows = self._draw(frame, width, room, now_s)
        told = self._reorgs.banner(now_s)
        if captioned:
            rows.append(self._words(width, now_s))
        if told is not None and rows:
            # The line of a block that the person chose stays, and the banner goes above it.
            above = captioned and self.state.block is not None and height > _CAPTION_ROWS
            rows[-2 if above else -1] = banner(told, self.state.palette, width)
        return rows

    def _draw(self, frame: Frame, width: int, height: int, now_s: float) -> list[Row]:
        zoom = self.state.zoom
        if zoom is Zoom.CELLS:
            shape = lines(width, height)
            self._show(frame, shape.window(self.state, frame))
            assert self._scene is not None
            cells = Cells(self._scene, width, height, shape)
            self._lanes_shown, self._picture = cells.lanes, cells
        elif zoom is Zoom.BOXES and self._boxes_fit(width, height):
            sizes = grid(width, height)
            shown = window(self.state, frame, sizes.columns)
            left = self._move((zoom, width, height), shown, sizes.pitch, now_s)
            made = self._show(frame, shown, self._spare(shown, sizes.pitch, left))
            sizes = grid(width, height, made.lanes.count)
            self._place(made, {place.lane: sizes.top(place.lane) for place in made.lanes.placed},
                        now_s)  # fmt: skip
            self._lanes_shown = sizes.lanes
            self._picture = Boxes(made, sizes, Moves(left, self._swap, now_s), self._reorgs)
        else:
            pitch = 6 if zoom is Zoom.COMPACT and not self._boxes_fit(width, height) else 8
            shown = window(self.state, frame, Words.columns(width, pitch))
            left = self._move((zoom, width, height), shown, pitch, now_s)
            made = self._show(frame, shown, self._spare(shown, pitch, left))
            moves = Moves(left, self._swap, now_s)
            words = Words(made, width, height, pitch, moves, self._reorgs)
            self._place(made, {place.lane: words.row_of(place.lane) for place in made.lanes.placed},
                        now_s)  # fmt: skip
            self._lanes_shown = words.lanes(height)
            self._picture = words
        return self._picture.rows()

    def _boxes_fit(self, width: int, height: int) -> bool:
        """Whether the room is of a size for boxes."""
        return height >= _BOX_ROWS and width >= _BOX_COLUMNS

    def _show(self, frame: Frame, shown: Window, spare: int = 0) -> Scene:
        self._scene = scene(self.state, frame, shown, spare, self._scene)
        return self._scene

    # How the picture moves.

    @property
    def _glides(self) -> bool:
        """Whether ticks come slowly enough for the picture to glide from one to the next."""
        state, frame = self.state, self.state.frame
        if not state.motion or frame is None:
            return False
        speed = state.pace.reached or state.pace.rate
        return frame.expected_interval_s > speed * FOLLOW_S

    def _move(self, shape: tuple[object, ...], shown: Window, pitch: int, now_s: float) -> int:
        """Let the left edge of the picture go to where it belongs; where it is now, in cells."""
        left = shown.first * pitch
        same, self._shape = shape == self._shape, shape
        moved, self._camera = self._camera != self.state.camera, self.state.camera
        if not same:
            self._swap.snap()
        if left != self._left.end or not same:
            far = abs(left - self._left.at(now_s)) > _GLIDE_HEIGHTS * pitch
            if not same or far or not self._glides:
                self._left = Glide.still(left)
            else:
                self._left = self._left.to(left, now_s, PAN_S if moved else FOLLOW_S)
        return round(self._left.at(now_s))

    @staticmethod
    def _spare(shown: Window, pitch: int, left: int) -> int:
        """Heights beside the picture that can be seen while it glides."""
        return -(-abs(left - shown.first * pitch) // pitch)

    def _place(self, made: Scene, tops: dict[int, int], now_s: float) -> None:
        """Let every block go to its lane."""
        if not self._glides:
            self._swap.snap()
        placed = made.lanes.placed
        self._swap.update(
            {place.block.hash: tops[place.lane] for place in placed},
            {place.block.hash: place.block.parent for place in placed},
            now_s,
        )

    @property
    def moving(self) -> bool:
        """Whether something glides, or a banner is up of which no more frames will tell."""
        state, now_s = self.state, self.state.wall_s()
        if state.frame is None:
            return False
        still = state.pace.paused or state.frozen or state.ended is not None
        return (
            not self._left.done(now_s) or self._swap.moving(now_s) or (still and self._reorgs.waits)
        )

    # Words.

    def _words(self, width: int, now_s: float) -> Row:
        shown, state = self._scene, self.state
        assert shown is not None
        if state.block is not None:
            return chosen(shown, shown.places.get(state.block), width)
        if missing := shown.missing:
            text = f"the race is asked for blocks {missing.first} to {missing.last}"
            return Row(width).put(text, state.palette.muted)
        row = caption(shown, width)
        if self._glides:
            return row
        return self._caption.update(row, now_s) or row

    def aside(self) -> list[Part]:
        """What is not in the picture."""
        palette, shown = self.state.palette, self._scene
        if shown is None:
            return []
        parts: list[Part] = []
        if (first := shown.window.first) > 0:
            parts.append((f"{MORE_LEFT} {_count(first, 'block')} hidden", palette.muted))
        if heads := shown.heads_before:
            parts.append((f"{RIVAL} {_count(heads, 'head')} there", palette.rival))
        if shown.later:
            parts.append((f"{shown.later} later, end follows", palette.warning))
        elif self.state.camera is not None:
            parts.append(("end follows", palette.warning))
        if (below := shown.lanes.count - self._lanes_shown) > 0:
            parts.append((f"{below} more below", palette.warning))
        between = (" · ", palette.faint)
        return [part for shown in parts for part in (between, shown)][1:]

    # What the race should send.

    @property
    def _columns(self) -> int:
        if self._scene is None:
            return 0
        return self._scene.window.last - self._scene.window.first + 1

    @property
    def _ahead(self) -> int:
        """Heights to be sent on either side of the picture, so that it can be moved at once."""
        return max(min(self._columns, (_HEIGHTS_MAX - self._columns) // 2), 0)

    @property
    def heights_wanted(self) -> int:
        """Heights that the race should send: what is shown, and some more to move to."""
        return min(max(HEIGHTS, self._columns + 2 * self._ahead + _PAN), _HEIGHTS_MAX)

    @property
    def height_wanted(self) -> int | None:
        """The last height that it should send; None for the tip and what lies above it.

        It moves in steps, so that not every move of the camera asks anew.
        """
        shown = self._scene
        if self.state.camera is None or shown is None:
            return None
        stride = max(self._ahead // 2, 1)
        last = (shown.window.last // stride + 1) * stride + stride * (self._ahead > 1)
        return None if last >= shown.frame.chain_high else last

    # The camera.

    def pan(self, heights: int) -> None:
        """Move the camera; at the tip it follows again."""
        frame = self.state.frame
        if frame is None or self._scene is None:
            return
        tip, camera = frame.chain_high + 1, self.state.camera
        lowest = min(frame.chain_low + self._columns - 1, tip)
        right = heights + (tip if camera is None else max(min(camera, tip), lowest))
        self.state.camera = None if right >= tip else max(right, lowest)

    def reveal(self, height: int) -> None:
        """Move the camera just as far as needed to have a height in the picture."""
        shown = self._scene
        if shown is None:
            return
        if height < shown.window.first:
            self.pan(height - shown.window.first)
        elif height >= min(shown.window.last, shown.frame.chain_high + 1):
            self.pan(height + 1 - shown.window.last)

    @property
    def _stride(self) -> int:
        """How far a key moves the picture: a line of cells, or some blocks."""
        if isinstance(self._picture, Cells):
            return self._picture.length
        return _PAN

    # Keys.

    def move(self, across: int, down: int) -> bool:
        """With the keys on the chain the cursor moves, and else the camera."""
        if not self.focused:
            self.pan(self._stride * across)
            return bool(across)
        shown, state = self._scene, self.state
        if shown is None:
            return True
        if state.block is None or not self._in_sight(state.block):
            place = entry(shown.lanes, shown.window, shown.frame.head, across)
        else:
            around = scene(state, shown.frame, shown.window, self._columns)
            place = step(around.lanes, state.block, across, down)
        if place is not None:
            self._choose(place)
        return True

    def _in_sight(self, hash_: Hash) -> bool:
        place = None if self._scene is None else self._scene.places.get(hash_)
        return place is not None and self._scene is not None and place.column in self._scene.window

    def _choose(self, place: Placed) -> None:
        self.state.block = place.block.hash
        self.reveal(place.column)

    def page(self, step: int) -> bool:
        """A picture's width."""
        self.pan(step * max(self._columns - 2, self._stride))
        return True

    def end(self, *, last: bool) -> bool:
        """The oldest blocks, or the tip."""
        frame = self.state.frame
        if last or frame is None:
            self.state.camera = None
        else:
            self.pan(frame.chain_low - frame.chain_high - 1)
        return True

    def enter(self) -> bool:
        """Look into the block that is chosen."""
        if self.state.block is None or self.board is None:
            return False
        self.board.inspect_block(self.state.block)
        return True

    # The mouse.

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """A click chooses a block, a double click looks into it; between blocks it does nothing."""
        hash_ = None if self._picture is None else self._picture.block_at(x, y)
        if hash_ is None:
            return
        self.state.block = hash_
        if double and self.board is not None:
            self.board.inspect_block(hash_)

    def scrolled(self, step: int) -> None:
        """The wheel moves the camera."""
        self.pan(step * (self._stride if isinstance(self._picture, Cells) else 1))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """With the control key, the wheel makes blocks smaller."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """With the control key, the wheel makes blocks larger."""
        self._wheel(event, -1)

    def _wheel(self, event: MouseScrollDown | MouseScrollUp, step: int) -> None:
        if not event.ctrl:
            return  # the panel's own handler comes next
        event.prevent_default()
        event.stop()
        kinds = list(Zoom)
        index = kinds.index(self.state.zoom) + step
        self.state.zoom = kinds[min(max(index, 0), len(kinds) - 1)]
        if self.board is not None:
            self.board.paint()


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
