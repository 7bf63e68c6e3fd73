"""The checker is checked: known bugs, put in one at a time, are each caught by the seeded races."""

from collections.abc import Iterable

import pytest

from powclock.race.swarm.draw import drawn_kinds
from powclock.race.swarm.trial import try_seed
from tests.scenarios import bugs_of_blocks, bugs_of_nodes

# Races with many kinds of faults first: they show most.
SEEDS = sorted(range(200), key=lambda seed: -len(drawn_kinds(seed)))
# Where a bug was seen last, so that it need not be looked for again; any change of the draws may
# make this untrue, and then all seeds are searched. Those not named here are shown by the first.
SEEN = {
    "a_balance_may_be_negative": 101,
    "a_block_before_its_time_costs_its_peer": 142,
    "a_coinbase_may_pay_a_key_of_small_order": 21,
    "a_miner_builds_on_the_parent_of_its_head": 34,
    "a_mutated_body_condemns_its_header": 101,
    "a_nonce_may_be_skipped": 11,
    "a_refused_block_leaves_its_transfers_behind": 101,
    "a_repeated_tail_is_accepted": 77,
    "a_resync_forgets_the_last_block": 178,
    "a_seal_is_let_pass": 59,
    "a_spent_nonce_is_accepted": 77,
    "blocks_may_be_longer_than_allowed": 34,
    "damage_on_the_way_costs_the_peer": 52,
    "every_refusal_is_remembered": 142,
    "memory_is_never_audited": 142,
    "nobody_is_forgiven": 5,
    "orphans_are_dropped": 178,
    "the_chain_id_is_not_checked": 77,
    "the_coinbase_amount_is_not_checked": 101,
    "the_coinbase_height_is_not_checked": 5,
    "the_difficulty_is_not_checked": 145,
    "the_future_limit_is_ignored": 142,
    "the_last_block_on_disk_is_not_read": 34,
    "the_longest_chain_wins_instead_of_the_heaviest": 142,
    "the_median_is_of_ten_blocks": 34,
    "the_merkle_root_is_not_checked": 101,
    "the_proof_is_not_checked": 60,
    "the_retarget_comes_one_block_late": 34,
    "the_retarget_is_not_clamped": 29,
    "the_retarget_spans_one_block_more": 34,
    "the_version_is_not_checked": 23,
}
BUGS = bugs_of_blocks.BUGS | bugs_of_nodes.BUGS


def seeds_until_caught(seeds: Iterable[int] = SEEDS) -> tuple[int, str]:
    """The first seed that shows the bug, and what it shows; (-1, "") if none does."""
    for seed in seeds:
        broken = try_seed(seed).broken
        if broken:
            return seed, broken
    return -1, ""


@pytest.mark.parametrize("name", BUGS)
def test_a_known_bug_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[name](monkeypatch)
    seed, broken = seeds_until_caught([SEEN.get(name, SEEDS[0]), *SEEDS])
    print(f"{name}: seed {seed}: {broken}")
    assert broken


def test_without_a_bug_the_same_seeds_are_clean() -> None:
    assert seeds_until_caught(sorted({*SEEDS[:5], *SEEN.values()})) == (-1, "")
