"""The chain: what was agreed, what was not, and where the next block is being searched for.

The picture follows the tip or stays where the person moved it. It glides where it can, and is at
once where it must be when the race runs faster than an eye can follow, when its size changes, and
when it goes far.
"""

from collections.abc import Callable

from textual.events import MouseScrollDown, MouseScrollUp

from powclock.record.detail import HEIGHTS
from powclock.record.events import NANOSECONDS, Hash
from powclock.record.frame import Frame
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import MORE_LEFT, RIVAL
from powclock.tui.lanes import Placed
from powclock.tui.motion import FOLLOW_S, PAN_S, Calm, Glide, Swap
from powclock.tui.rows import Row
from powclock.tui.state import State, Zoom
from powclock.tui.text import count
from powclock.tui.widgets.accounts import Accounts
from powclock.tui.widgets.chain_boxes import Boxes
from powclock.tui.widgets.chain_caption import banner, caption, chosen
from powclock.tui.widgets.chain_cells import Cells, lines
from powclock.tui.widgets.chain_cursor import entry, step
from powclock.tui.widgets.chain_grid import grid
from powclock.tui.widgets.chain_overview import ROWS as OVERVIEW_ROWS
from powclock.tui.widgets.chain_overview import Overview
from powclock.tui.widgets.chain_picture import Moves, Picture
from powclock.tui.widgets.chain_reorg import Reorgs
from powclock.tui.widgets.chain_scene import Scene, Window, scene, window
from powclock.tui.widgets.chain_words import Words
from powclock.tui.widgets.panel import Border, Panel, Part

# Lower or narrower than this, boxes would show less than words do.
_BOX_ROWS = 7
_BOX_COLUMNS = 56
_CAPTION_ROWS = 5
# From here on there is room for an overview as well.
_TALL_ROWS = 28
# A key moves the picture by so many heights; further than this it does not glide.
_PAN = 4
_GLIDE_HEIGHTS = 6
_HEIGHTS_MAX = 1_000


class Chain(Panel):
    """Blocks from left to right, rival branches below the best chain."""

    TITLE = "CHAIN"
    NAME = "chain"
    NUMBER = 2

    def __init__(self, state: State, *, border: Border = Border.NONE) -> None:
        super().__init__(state, border=border)
        self._scene: Scene | None = None
        self._picture: Picture | None = None
        self._overview = Overview()
        self._overview_top = 0
        self._lanes_shown = 0
        self._shape: tuple[object, ...] = ()
        self._camera: int | None = None
        self._left = Glide.still(0)
        self._swap = Swap()
        self._reorgs = Reorgs()
        self._cuts = state.cuts
        self._caption: Calm[Row | None] = Calm(None)
        self._accounts = Accounts(state)

    def instead(self) -> Panel | None:
        """Without blocks there is no chain, but accounts that may differ."""
        return self._accounts if answer_of(self.state.frame) is Answer.NOBODY else None

    def body(self, width: int, height: int) -> list[Row]:
        """The chain as large as the zoom says and the room allows, and a line of words below."""
        frame = self.state.frame
        if frame is None or width < 12 or height < 1:
            return []
        now_s = self.state.wall_s()
        self._hear(frame, now_s)
        captioned = height >= _CAPTION_ROWS
        room = height - 1 if captioned else height
        rows = self._draw(frame, width, room, now_s)
        told = self._reorgs.banner(now_s)
        if captioned:
            rows.append(self._words(width, now_s))
        if told is not None and len(rows) > 2:
            # The line of a block that the person chose stays, and the banner goes above it.
            above = captioned and self.state.block is not None and height > _CAPTION_ROWS
            rows[-2 if above else -1] = banner(told, self.state.palette, width)
        return rows

    def _hear(self, frame: Frame, now_s: float) -> None:
        """Take in what was told; at another moment of the past, what was told long before it is no
        news.
        """
        since_ns = 0
        if self._cuts != self.state.cuts:
            self._cuts, self._reorgs = self.state.cuts, Reorgs()
            since_ns = frame.time_ns - NANOSECONDS
        self._reorgs.hear(reversed(self.state.events), now_s, since_ns)

    def _draw(self, frame: Frame, width: int, height: int, now_s: float) -> list[Row]:
        """The picture, and below it an overview where there is much room."""
        self._overview_top = height
        if self.state.zoom is Zoom.CELLS:
            self._overview.hide()
            shape = lines(width, height)
            cells = Cells(self._show(frame, shape.window(self.state, frame)), width, height, shape)
            self._lanes_shown, self._picture = cells.lanes, cells
            return cells.rows()
        if height < _TALL_ROWS:
            self._overview.hide()
            return self._draw_near(frame, width, height, now_s)
        self._overview_top = height - OVERVIEW_ROWS
        rows = self._draw_near(frame, width, self._overview_top, now_s)
        return rows + self._overview.draw(self.state, frame, width)

    def _draw_near(self, frame: Frame, width: int, height: int, now_s: float) -> list[Row]:
        """The picture with some room for each block."""
        zoom, boxes = self.state.zoom, self._boxes_fit(width, height)
        shape = (zoom, width, height)
        if zoom is Zoom.BOXES and boxes:
            sizes = grid(width, height)
            made, moves = self._arrive(frame, shape, sizes.columns, sizes.pitch, now_s)
            sizes = grid(width, height, made.lanes.count)
            self._place(made, sizes.top, now_s)
            self._lanes_shown = sizes.lanes
            self._picture = Boxes(made, sizes, moves, self._reorgs)
        else:
            pitch = 6 if zoom is Zoom.COMPACT and not boxes else 8
            columns = Words.columns(width, pitch)
            made, moves = self._arrive(frame, shape, columns, pitch, now_s)
            words = Words(made, width, height, pitch, moves, self._reorgs)
            self._place(made, words.row_of, now_s)
            self._lanes_shown = words.lanes(height)
            self._picture = words
        return self._picture.rows()

    def _arrive(
        self, frame: Frame, shape: tuple[object, ...], columns: int, pitch: int, now_s: float
    ) -> tuple[Scene, Moves]:
        """The scene in the window where the camera belongs, and how far the picture has got."""
        shown = window(self.state, frame, columns)
        left = self._move(shape, shown, pitch, now_s)
        spare = -(-abs(left - shown.first * pitch) // pitch)
        return self._show(frame, shown, spare), Moves(left, self._swap, now_s)

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

    def _place(self, made: Scene, row_of: Callable[[int], int], now_s: float) -> None:
        """Let every block go to its lane, given the row of each."""
        if not self._glides:
            self._swap.snap()
        placed = made.lanes.placed
        self._swap.update(
            {place.block.hash: row_of(place.lane) for place in placed},
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
            parts.append((f"{MORE_LEFT} {count(first, 'block')} hidden", palette.muted))
        if heads := shown.heads_before:
            parts.append((f"{RIVAL} {count(heads, 'head')} there", palette.rival))
        follow = self.state.keys.label("last")
        if shown.later:
            parts.append((f"{shown.later} later, {follow} follows", palette.warning))
        elif self.state.camera is not None:
            parts.append((f"{follow} follows", palette.warning))
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
    def _wanted(self) -> Window:
        """Heights to be sent. The last of them moves in steps, so that not every move of the camera
        asks anew.
        """
        shown = self._scene
        if shown is None:
            return Window(0, HEIGHTS - 1)
        stride = max(self._ahead // 2, 1)
        last = (shown.window.last // stride + 1) * stride + stride * (self._ahead > 1)
        first = shown.window.first - self._ahead
        if (wide := self._overview.window) is not None:
            first, last = min(first, wide.first), max(last, wide.last)
        tip = shown.frame.chain_high
        return Window(first, tip if self.state.camera is None else min(last, tip))

    @property
    def heights_wanted(self) -> int:
        """How many heights the race should send: what is shown, and some more to move to."""
        wanted = self._wanted
        tens = -(-(wanted.last - wanted.first + _PAN) // 10) * 10
        return min(max(HEIGHTS, tens), _HEIGHTS_MAX)

    @property
    def height_wanted(self) -> int | None:
        """The last height that it should send; None for the tip and what lies above it."""
        shown, last = self._scene, self._wanted.last
        if self.state.camera is None or shown is None or last >= shown.frame.chain_high:
            return None
        return last

    # The camera.

    def pan(self, heights: int) -> None:
        """Move the camera; at the tip it follows again."""
        frame = self.state.frame
        if frame is None or self._scene is None:
            return
        tip, camera = frame.chain_high + 1, self.state.camera
        low = frame.chain_low
        if isinstance(self._picture, Cells):
            low -= low % self._picture.length
        lowest = min(low + self._columns - 1, tip)
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
        if y >= self._overview_top:
            hash_ = self._overview.block_at(x, y - self._overview_top)
        else:
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
