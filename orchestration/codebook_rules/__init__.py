"""Codebook rules: what a survey's definition promises the code that reads it.

What belongs here: rules that hold for any survey, each a function from a codebook to the sentences
that say where it is broken. What does not: what a codebook means, which `orchestration.codebook`
answers, and the facts of one survey, which tests hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestration.codebook import Codebook
from orchestration.codebook_rules import answering, asking, claims, plausibility, shape, waves

Rule = Callable[[Codebook], Iterator[str]]

# Every other rule reads columns by name, and some of them numbers and dates.
FORM: tuple[Rule, ...] = (shape.tables_have_their_columns, shape.values_have_their_form)

RULES: tuple[Rule, ...] = (
    *FORM,
    shape.cells_are_filled,
    shape.keys_are_unique,
    shape.words_are_known,
    shape.identifiers_can_name_columns,
    shape.positions_have_no_gap,
    waves.waves_are_covered,
    waves.waves_follow_an_earlier_one,
    waves.file_names_tell_the_wave,
    waves.columns_are_mapped_once,
    asking.no_item_or_theme_is_alone,
    asking.codes_have_an_answer_of_one_scale,
    asking.answers_can_be_delivered,
    asking.signs_tell_answers_from_none,
    asking.new_items_were_not_asked_before,
    asking.words_and_scale_bear_out_the_comparability,
    answering.respondents_are_known,
    answering.attributes_are_delivered,
    answering.group_attributes_have_codes,
    answering.shared_columns_are_read_by_the_same_codes,
    answering.organisations_have_one_name_at_a_time,
    answering.population_has_every_stratum,
    answering.margins_are_of_groups_that_the_wave_delivers,
    answering.bounds_lie_around_the_mean_weight,
    claims.breakdowns_are_by_groups,
    claims.claims_can_be_tested,
    claims.driver_terms_are_groups,
    plausibility.impossible_combinations_exist,
    plausibility.further_figures_are_of_a_check,
)


def broken_rules(codebook: Codebook) -> list[str]:
    """Every place where the codebook breaks a rule, as sentences that name the file and the row.

    Raises CodebookError where a file is missing or unreadable.
    """
    broken = [sentence for rule in FORM for sentence in rule(codebook)]
    if broken:
        return broken
    return [sentence for rule in RULES for sentence in rule(codebook)]
