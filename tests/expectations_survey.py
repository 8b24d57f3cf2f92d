"""A small survey whose data keep every promise, for tests that break one promise at a time.

Two waves, three items in two themes, groups by role. Column names are as hostile as files can be.
Item V2 is asked on another scale in 2024, item V3 in 2024 alone, and only 2024 delivers a weight.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from expectations.declarations import Layer
from orchestration.codebook import Codebook
from orchestration.sql import literal

WAVES = ("2022", "2024")
HOSTILE = """v1"a:b{c}'%[1]"""

TABLES = {
    "survey": "survey_id,label_nl,label_en,minimum_group_size,hold_corrections,description\ns,s,s,10,false,\n",
    "waves": (
        "wave_id,label_nl,label_en,fieldwork_start,fieldwork_end,previous_wave_id,invited,is_synthetic,file_pattern,source\n"
        "2022,,,2022-01-01,2022-02-01,,100,true,*2022*,\n"
        "2024,,,2024-01-01,2024-02-01,2022,100,true,*2024*,\n"
    ),
    "items": "item_id,theme_id\nV1,t1\nV2,t1\nV3,t2\n",
    "scales": (
        "scale_id,answer,meaning,label_nl,label_en,is_favourable\n"
        "five,1,answer,,,false\nfive,2,answer,,,false\nfive,3,answer,,,false\n"
        "five,4,answer,,,true\nfive,5,answer,,,true\nfive,-1,not_answered,,,\nfive,-2,dont_know,,,\n"
        "yes_no,0,answer,,,false\nyes_no,1,answer,,,true\nyes_no,-1,not_answered,,,\n"
    ),
    "answer_codes": (
        "code_list,code,scale_id,answer\n"
        "five,1,five,1\nfive,2,five,2\nfive,3,five,3\nfive,4,five,4\nfive,5,five,5\nfive,9,five,-2\n"
        "yes_no,N,yes_no,0\nyes_no,Y,yes_no,1\n"
    ),
    "item_versions": (
        "wave_id,source_column,item_id,code_list,is_reversed,wording,comparability,comparability_note\n"
        """2022,"v1""a:b{c}'%[1]",V1,five,false,,new,\n"""
        "2022,v2,V2,five,false,,new,\n"
        "2024,q1,V1,five,false,,identical,\n"
        "2024,q2,V2,yes_no,false,,rescaled,\n"
        "2024,q3,V3,five,false,,new,\n"
    ),
    "attributes": (
        "attribute_id,kind,label_nl,label_en\n"
        "respondent_id,respondent,,\nstratum,stratum,,\nrole,group,,\nweight,weight,,\nmarker,raw_only,,\n"
    ),
    "attribute_columns": (
        "wave_id,attribute_id,source_column\n"
        "2022,respondent_id,nr\n2022,stratum,unit\n2022,role,rol\n2022,marker,note\n"
        "2024,respondent_id,id\n2024,stratum,unit\n2024,role,role\n2024,weight,w\n"
    ),
    "attribute_codes": (
        "wave_id,attribute_id,code,group_code\n"
        "2022,role,1,LG\n2022,role,2,MW\n2024,role,m,LG\n2024,role,e,MW\n"
    ),
    "groups": "attribute_id,group_code,position,label_nl,label_en\nrole,LG,1,,\nrole,MW,2,,\n",
    "quality_thresholds": (
        "check_name,threshold,severity,reason\n"
        "items_answered,1,warn,the others are sound\n"
        "item_nonresponse,0.2,warn,a fifth is a lot\n"
        "item_drift,0.5,warn,half is a lot\n"
        "item_drift.fewest_answers,100,,\n"
        "answers_doubled,4,warn,three items are too few\n"
        "straight_lining,0.1,warn,a tenth is a lot\n"
        "straight_lining.fewest_items,3,,\n"
        "impossible_combinations,0,warn,nobody\n"
    ),
    "population": "wave_id,stratum,role,headcount,source\n",
    "impossible_combinations": "rule_id,attribute_id,item_id,any_of,reason\n",
}

DELIVERY = """
    create table delivered as
    select
        'r' || n as nr,
        if(n % 2 = 0, 'A', 'B') as unit,
        if(n % 3 = 0, '1', '2') as rol,
        'synthetic' as note,
        (n % 5 + 1)::varchar as {hostile},
        if(n = 1, null, if(n = 2, '9', '3')) as v2,
    from range(1, 21) as t(n);
"""
DELIVERY_2024 = """
    create table delivered as
    select 'r' || n as id, 'A' as unit, 'm' as role, '1.5' as w, '1' as q1, 'Y' as q2, '' as q3
    from range(1, 21) as t(n);
    update delivered set q3 = '5' where id <> 'r1';
"""

WAREHOUSE = """
    create schema raw;
    create schema staging;
    create table raw.waves as from (values ('2022', 20), ('2024', 20)) as t(wave_id, row_count);
    create table raw.wave_2022 as
        select if(n = 20, '', if(n % 3 = 0, '1', '2')) as rol from range(1, 21) as t(n);
    create table raw.wave_2024 as select 'm' as role from range(1, 21) as t(n);
    create table staging.stg_responses as
    select
        '2022' as wave_id, 'key' || n as respondent_key, 'A' as stratum, 'A|LG' as post_stratum,
        10000 as weight, if(n = 20, null, if(n % 3 = 0, 'LG', 'MW')) as role,
        (n % 5 + 1)::tinyint as v1, if(n = 1, -1, 4)::tinyint as v2, null::tinyint as v3,
    from range(1, 21) as t(n)
    union all
    select '2024', 'key' || n, 'A', 'A', 15000, 'LG', 2, 1, -2 from range(1, 21) as t(n);
"""

# Of 20 respondents 12 are managers; the 8 employees are too few to show.
MARTS = """
    create schema marts;
    create table marts.item_distributions as
    with asked as (
        select * from (values
            ('2022', 't1', 'V1', [1, 2, 3, 4, 5]), ('2022', 't1', 'V2', [1, 2, 3, 4, 5]),
            ('2024', 't1', 'V1', [1, 2, 3, 4, 5]), ('2024', 't1', 'V2', [0, 1]), ('2024', 't2', 'V3', [1, 2, 3, 4, 5])
        ) as t(wave_id, theme_id, item_id, answers)
    ),
    groups as (
        select * from (values ('total', 'all', 20), ('role', 'LG', 12), ('role', 'MW', 8)) as t(breakdown, group_code, respondents)
    )
    select
        wave_id, theme_id, item_id, breakdown, group_code, unnest(answers)::tinyint as answer,
        case when answer = answers[-1] then respondents else 0 end::bigint as respondents,
        case when answer = answers[-1] then 1 else 0 end::double as share,
        respondents < 10 as is_suppressed,
        if(is_suppressed, 'fewer than 10 respondents', null) as suppression_reason,
    from (from asked cross join groups);
    create table marts.item_results as
    with shown as (
        select
            wave_id, theme_id, item_id, breakdown, group_code, is_suppressed, suppression_reason,
            sum(respondents)::bigint as respondents, max(answer)::double as mean,
        from marts.item_distributions
        group by all
    )
    select
        wave_id, theme_id, item_id, breakdown, group_code, respondents, mean, mean as mean_unweighted,
        0.5::double as standard_deviation, 0.1::double as standard_error, mean - 0.2 as ci_low, mean + 0.2 as ci_high, 't' as ci_method,
        0.9::double as favourable_share, 0.9::double as favourable_share_unweighted, 0.05::double as favourable_se,
        0.8::double as favourable_ci_low, 0.95::double as favourable_ci_high, 'logit' as favourable_ci_method,
        mean::tinyint as median, 1.0::double as consensus, 19.5::double as effective_n, 1.02::double as design_effect,
        rank() over (partition by wave_id, theme_id, breakdown, group_code order by mean desc) as rank_in_theme,
        0.0::double as dont_know_share, is_suppressed, suppression_reason,
    from shown;
    create table marts.theme_results as
    select
        wave_id, theme_id, breakdown, group_code, max(respondents) as respondents,
        avg(mean) as mean, avg(mean) as mean_unweighted, 0.5::double as standard_deviation, 0.1::double as standard_error,
        avg(mean) - 0.2 as ci_low, avg(mean) + 0.2 as ci_high, 't' as ci_method, 0.9::double as favourable_share,
        19.5::double as effective_n, 1.02::double as design_effect, is_suppressed, suppression_reason,
        0.9::double as favourable_score, 0.02::double as favourable_score_se,
        0.86::double as favourable_score_ci_low, 0.94::double as favourable_score_ci_high,
    from marts.item_results
    group by all;
    create table marts.response as
    select
        wave_id, breakdown, group_code, if(breakdown = 'total', 100, null)::integer as invited,
        max(respondents) as returned, max(respondents) as usable,
        if(breakdown = 'total', 0.2, null)::double as response_rate, 0.01::double as item_nonresponse_share,
        40::bigint as headcount, max(respondents) / 40 as coverage, is_suppressed, suppression_reason,
    from marts.item_results
    group by all;
    update marts.item_distributions set respondents = null, share = null where is_suppressed;
    update marts.item_results set
        respondents = null, mean = null, mean_unweighted = null, standard_deviation = null,
        standard_error = null, ci_low = null, ci_high = null, ci_method = null, favourable_share = null,
        favourable_share_unweighted = null, favourable_se = null, favourable_ci_low = null,
        favourable_ci_high = null, favourable_ci_method = null, median = null, consensus = null,
        effective_n = null, design_effect = null, rank_in_theme = null, dont_know_share = null
        where is_suppressed;
    update marts.theme_results set
        respondents = null, mean = null, mean_unweighted = null, standard_deviation = null,
        standard_error = null, ci_low = null, ci_high = null, ci_method = null, favourable_share = null,
        effective_n = null, design_effect = null, favourable_score = null, favourable_score_se = null,
        favourable_score_ci_low = null, favourable_score_ci_high = null
        where is_suppressed;
    update marts.response set
        returned = null, usable = null, response_rate = null, item_nonresponse_share = null, coverage = null
        where is_suppressed;
    create table marts.relations as
    select
        unnest(['2022', '2024']) as wave_id, 't1' as pressure_theme_id, 't2' as craft_theme_id, 'pearson' as method,
        20::bigint as respondents, 0.4::double as correlation, 0.1::double as standard_error,
        0.2::double as ci_low, 0.6::double as ci_high, 4.0::double as t, 18::bigint as degrees_of_freedom,
        0.001::double as p_value, 0.001::double as p_holm, 0.001::double as p_bh,
        false as is_suppressed, null::varchar as suppression_reason;
    create table marts.drivers as
    select
        unnest(['2022', '2024']) as wave_id, 't1' as theme_id, 'role' as attribute_id, 'MW' as group_code,
        null::bigint as respondents, null::bigint as reference_respondents, null::double as coefficient,
        null::double as standard_error, null::double as ci_low, null::double as ci_high, null::double as t,
        null::bigint as degrees_of_freedom, null::double as p_value,
        true as is_suppressed, 'fewer than 10 respondents' as suppression_reason;
    create table marts.driver_attributes as
    select
        unnest(['2022', '2024']) as wave_id, 't1' as theme_id, 'role' as attribute_id, 20::bigint as respondents,
        4.0::double as wald_f, 1::bigint as numerator_degrees_of_freedom, 17::bigint as denominator_degrees_of_freedom,
        0.05::double as p_value, 0.1::double as p_holm, 0.1::double as p_bh, 1.1::double as inflation,
        false as is_suppressed, null::varchar as suppression_reason;
    create table marts.driver_models as
    select
        unnest(['2022', '2024']) as wave_id, 't1' as theme_id, 20::bigint as respondents,
        17::bigint as degrees_of_freedom, 3.1::double as intercept, 0.1::double as intercept_se,
        0.2::double as r_squared, 2.0::double as condition_number,
        false as is_suppressed, null::varchar as suppression_reason;
    create table marts.group_differences as
    select
        wave_id, 't1' as theme_id, 'V1' as item_id, breakdown, group_code, 'rest' as reference_code,
        10::bigint as respondents, 10::bigint as reference_respondents, 0.5::double as difference,
        0.2::double as standard_error, 2.5::double as t, 18::bigint as degrees_of_freedom,
        0.022::double as p_value, 0.022::double as p_holm, 0.022::double as p_bh,
        0.9::double as p_equivalent, 1.1::double as hedges_g, 0.2::double as hedges_g_low, 2.0::double as hedges_g_high,
        2.4::double as welch_t, 17.5::double as welch_degrees_of_freedom, 0.028::double as welch_p_value,
        -0.1::double as favourable_difference, 0.1::double as favourable_difference_se, -0.3::double as cohens_h,
        breakdown = 'role' as is_suppressed,
        if(is_suppressed, 'fewer than 10 respondents', null) as suppression_reason,
    from (values ('stratum', 'A'), ('role', 'LG')) as t(breakdown, group_code),
        (values ('2022'), ('2024')) as waves(wave_id);
    update marts.group_differences set
        respondents = null, reference_respondents = null, difference = null, standard_error = null, t = null,
        degrees_of_freedom = null, p_value = null, p_holm = null, p_bh = null, p_equivalent = null,
        hedges_g = null, hedges_g_low = null, hedges_g_high = null, welch_t = null,
        welch_degrees_of_freedom = null, welch_p_value = null, favourable_difference = null,
        favourable_difference_se = null, cohens_h = null
        where is_suppressed;
    create table marts.theme_differences as select * exclude (item_id, cohens_h) from marts.group_differences;
    create table marts.group_tests as
    select
        unnest(['2022', '2022', '2024', '2024']) as wave_id, 't1' as theme_id,
        unnest(['V1', 'score', 'V1', 'score']) as item_id, 'stratum' as breakdown, 20::bigint as respondents,
        6.25::double as wald_f, 0.022::double as p_value, 0.022::double as p_holm, 0.022::double as p_bh,
        5.8::double as welch_f, 0.028::double as welch_p_value;
    create table marts.trends as
    select
        '2024' as wave_id, '2022' as previous_wave_id, 't1' as theme_id, 'V1' as item_id,
        breakdown, group_code, 'same_groups' as basis, respondents, respondents as previous_respondents,
        mean, mean + 1 as previous_mean, -1.0::double as difference, 0.2::double as standard_error,
        -5.0::double as t, 36::bigint as degrees_of_freedom, 1e-5::double as p_value, 1e-5::double as p_holm,
        1e-5::double as p_bh, -0.1::double as favourable_difference, 0.1::double as favourable_difference_se,
        is_suppressed, suppression_reason,
    from marts.item_results
    where wave_id = '2024' and item_id = 'V1'
    order by breakdown desc, group_code;
    update marts.trends set
        difference = null, standard_error = null, t = null, degrees_of_freedom = null, p_value = null,
        p_holm = null, p_bh = null, favourable_difference = null, favourable_difference_se = null
        where is_suppressed;
    create table marts.theme_reliability as
    select *, 20::bigint as respondents, false as is_suppressed, null::varchar as suppression_reason
    from (values ('2022', 't1', 0.7::double), ('2024', 't1', -0.1), ('2024', 't2', null)) as t(wave_id, theme_id, alpha);
    create table marts.benchmarks as
    select
        wave_id, theme_id, item_id, breakdown, group_code, mean, if(is_suppressed, null, 0)::bigint as peers,
        null::double as peer_median, null::double as peer_quartile_low, null::double as peer_quartile_high,
        null::double as previous_mean, null::double as difference_from_previous,
        if(is_suppressed, null, 'too few peers') as place, is_suppressed, suppression_reason,
    from marts.item_results
    where breakdown <> 'total'
    order by is_suppressed;
    create table marts.findings as
    select
        wave_id, finding_id, 20::bigint as respondents, 1::bigint as tests, 1::bigint as tests_as_claimed,
        0::bigint as tests_opposite, 0.5::double as difference, 0.2::double as standard_error, 2.5::double as t,
        18::bigint as degrees_of_freedom, 0.022::double as p_holm, null::bigint as items,
        null::bigint as items_different, null::bigint as items_equivalent, null::double as consensus,
        null::bigint as place, finding_id = 'f2' as is_suppressed,
        if(is_suppressed, 'fewer than 10 respondents', null) as suppression_reason,
    from (values ('f1'), ('f2')) as t(finding_id), (values ('2022'), ('2024')) as waves(wave_id);
    create table marts.finding_evidence as
    select
        wave_id, finding_id, 'item_score' as measure, 'V1' as subject_id, '' as reference_id,
        if(finding_id = 'f1', 'A', 'LG') as group_code, 'rest' as reference_code, respondents, difference,
        standard_error, t, degrees_of_freedom, p_holm as p_value, p_holm, 0.9::double as p_equivalent,
        is_suppressed, suppression_reason,
    from marts.findings;
    update marts.findings set
        respondents = null, tests = null, tests_as_claimed = null, tests_opposite = null, difference = null,
        standard_error = null, t = null, degrees_of_freedom = null, p_holm = null
        where is_suppressed;
    update marts.finding_evidence set
        respondents = null, difference = null, standard_error = null, t = null, degrees_of_freedom = null,
        p_value = null, p_holm = null, p_equivalent = null
        where is_suppressed;
    create table marts.dim_waves as select unnest(['2022', '2024']) as wave_id;
    create table marts.weighting as
    select
        wave_id, 0.5::double as smallest_ratio, 2::double as largest_ratio, 0::bigint as out_of_bounds_respondents,
        0::bigint as empty_cells, 0::bigint as empty_cells_headcount, 0::bigint as empty_margin_groups,
        0::double as margin_total_difference, 1 as raking_cycles, 1e-12::double as largest_margin_error,
        if(wave_id = '2022', true, null) as converged,
    from marts.dim_waves;
    create table marts.dim_themes as select unnest(['t1', 't2']) as theme_id;
    create table marts.dim_items as select unnest(['V1', 'V2', 'V3']) as item_id;
    create table marts.dim_item_versions as select distinct wave_id, item_id from marts.item_results;
    create table marts.dim_answers as
        select scale_id, unnest([-1, 1])::tinyint as answer from (values ('five'), ('yes_no')) as t(scale_id);
    create table marts.dim_groups as select distinct breakdown, group_code from marts.item_results;
    create table marts.dim_organisations as
        select 'mnre1' as organisation_code, unnest([null, date '2024-01-01']) as valid_from;
    create table marts.deliveries as
        select unnest(['2022', '2022', '2024']) as wave_id, unnest([1, 2, 1]) as revision;
    create table marts.suppression as
        select unnest(['2022', '2024']) as wave_id, 'item_results' as mart;
"""

QUOTED = '"' + HOSTILE.replace('"', '""') + '"'
# The good data by name, with the layer that they are of and the waves that they cover.
GOOD: dict[str, tuple[Layer, tuple[str, ...], str]] = {
    "delivery": ("delivery", WAVES[:1], DELIVERY.replace("{hostile}", QUOTED)),
    "weighted delivery": ("delivery", WAVES[1:], DELIVERY_2024),
    "staging": ("staging", WAVES, WAREHOUSE),
    "marts": ("marts", WAVES, MARTS),
}


def write_codebook(folder: Path) -> Codebook:
    """The survey's codebook, as files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return Codebook(folder)


def write_database(path: Path, statements: str) -> Path:
    """A DuckDB file, new or not, in which these statements were run."""
    with duckdb.connect() as connection:
        # Under another name: a file that is called like a schema makes the schema's name ambiguous.
        connection.execute(f"attach {literal(str(path))} as database; use database")
        connection.execute(statements)
    return path
