import json
from pathlib import Path

import pytest

from powclock.machine import keys
from powclock.machine.keys import SigningKey, acceptable_key, verify_signature

FIELD = 2**255 - 19
GROUP = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, FIELD) % FIELD

Point = tuple[int, int, int]  # projective X, Y, Z
IDENTITY: Point = (0, 1, 1)


def add(p: Point, q: Point) -> Point:
    """The complete addition of the twisted Edwards curve −x² + y² = 1 + d·x²·y²."""
    a = p[2] * q[2] % FIELD
    b = a * a % FIELD
    c = p[0] * q[0] % FIELD
    d = p[1] * q[1] % FIELD
    e = CURVE * c * d % FIELD
    f, g = b - e, b + e
    x = a * f * ((p[0] + p[1]) * (q[0] + q[1]) - c - d) % FIELD
    return x, a * g * (d + c) % FIELD, f * g % FIELD


def multiply(times: int, point: Point) -> Point:
    total = IDENTITY
    while times:
        if times & 1:
            total = add(total, point)
        point = add(point, point)
        times >>= 1
    return total


def affine(point: Point) -> tuple[int, int]:
    inverse = pow(point[2], -1, FIELD)
    return point[0] * inverse % FIELD, point[1] * inverse % FIELD


def decompress(y: int) -> Point | None:
    """A point with this y, if the curve has one."""
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, FIELD) % FIELD
    root = pow(square, (FIELD + 3) // 8, FIELD)
    for x in (root, root * pow(2, (FIELD - 1) // 4, FIELD) % FIELD):
        if x * x % FIELD == square:
            return x, y, 1
    return None


def small_order_points() -> set[tuple[int, int]]:
    """All points of the subgroup of order 8, from the curve alone."""
    found = set()
    for y in range(2, 40):
        point = decompress(y)
        if point is None:
            continue
        torsion = multiply(GROUP, point)
        found |= {affine(multiply(times, torsion)) for times in range(8)}
    return found


def test_the_refused_points_are_exactly_those_whose_order_divides_8() -> None:
    points = small_order_points()
    assert len(points) == 8
    assert {y for _, y in points} == keys._SMALL_ORDER_Y
    for y in keys._SMALL_ORDER_Y:
        point = decompress(y)
        assert point is not None
        assert affine(multiply(8, point)) == (0, 1)


def test_the_test_s_own_curve_knows_the_base_point() -> None:
    y = 4 * pow(5, -1, FIELD) % FIELD
    point = decompress(y)
    assert point is not None
    assert affine(multiply(8, point)) != (0, 1)
    assert affine(multiply(GROUP, point)) == (0, 1)


def encodings(y: int) -> list[bytes]:
    return [y.to_bytes(32, "little"), (y | 1 << 255).to_bytes(32, "little")]


def test_keys_of_small_order_are_refused_under_either_sign() -> None:
    for y in keys._SMALL_ORDER_Y:
        assert [acceptable_key(public) for public in encodings(y)] == [False, False]


def test_keys_whose_y_is_not_reduced_are_refused() -> None:
    for y in range(FIELD, 2**255):
        assert [acceptable_key(public) for public in encodings(y)] == [False, False]
    assert [acceptable_key(public) for public in encodings(FIELD - 2)] == [True, True]
    assert [acceptable_key(public) for public in encodings(2)] == [True, True]


@pytest.mark.parametrize("length", [0, 31, 33])
def test_keys_of_another_length_are_refused(length: int) -> None:
    public = SigningKey.derive(0, "alice").public
    assert not acceptable_key((public + b"\0")[:length])


def test_rfc_8032(vectors: Path) -> None:
    cases = json.loads((vectors / "crypto" / "rfc8032_ed25519.json").read_text())
    assert len(cases) >= 4
    for case in cases:
        secret, public, message, signature = (
            bytes.fromhex(case[field]) for field in ("sk", "pk", "msg", "sig")
        )
        signer = SigningKey(secret)
        assert signer.public == public
        assert signer.sign(message) == signature
        assert acceptable_key(public)
        assert verify_signature(public, signature, message)
        assert not verify_signature(public, signature, message + b"\0")


def test_a_signature_is_good_for_its_key_its_message_and_nothing_else() -> None:
    alice, bob = SigningKey.derive(0, "alice"), SigningKey.derive(0, "bob")
    signature = alice.sign(b"message")
    assert len(signature) == 64
    assert verify_signature(alice.public, signature, b"message")
    assert not verify_signature(bob.public, signature, b"message")
    assert not verify_signature(alice.public, signature, b"massage")
    for byte in (0, 32, 63):
        broken = bytearray(signature)
        broken[byte] ^= 1
        assert not verify_signature(alice.public, bytes(broken), b"message")


def test_a_signature_has_one_form() -> None:
    alice = SigningKey.derive(0, "alice")
    signature = alice.sign(b"message")
    larger = int.from_bytes(signature[32:], "little") + GROUP
    assert not verify_signature(
        alice.public, signature[:32] + larger.to_bytes(32, "little"), b"message"
    )


def test_what_is_no_key_or_no_signature_verifies_nothing() -> None:
    alice = SigningKey.derive(0, "alice")
    signature = alice.sign(b"message")
    assert not verify_signature(alice.public[:-1], signature, b"message")
    assert not verify_signature(alice.public, signature[:-1], b"message")
    assert not verify_signature(alice.public, b"", b"message")


def test_keys_depend_on_seed_and_name() -> None:
    alice = SigningKey.derive(1, "alice").public
    assert alice.hex() == "11ab6002d33bc99f0fec55c337aac8e53a37f8e7ab3129aaa7052dcde3fd57b4"
    assert SigningKey.derive(1, "alice").public == alice
    assert SigningKey.derive(2, "alice").public != alice
    assert SigningKey.derive(1, "bob").public != alice
