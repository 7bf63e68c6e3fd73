from powclock.machine.reason import Invalid, InvalidBlock, InvalidTransaction, Reason


def test_reasons_that_say_nothing_final_about_a_header_are_temporary() -> None:
    assert {reason.value for reason in Reason if reason.temporary} == {
        "time-too-new",
        "prev-blk-not-found",
        "bad-txnmrklroot",
        "bad-txns-duplicate",
        "bad-blk-length",
        "bad-seal",
        "too-little-chainwork",
    }


def test_a_refusal_reads_as_reason_and_detail() -> None:
    bare = InvalidBlock(Reason.HIGH_HASH)
    detailed = InvalidTransaction(Reason.BAD_TXNS_FEE, "-1")
    assert (str(bare), bare.reason, bare.detail) == ("high-hash", Reason.HIGH_HASH, "")
    assert str(detailed) == "bad-txns-fee-outofrange: -1"
    assert (detailed.reason, detailed.detail) == (Reason.BAD_TXNS_FEE, "-1")
    assert issubclass(InvalidBlock, Invalid)
    assert issubclass(InvalidTransaction, Invalid)
