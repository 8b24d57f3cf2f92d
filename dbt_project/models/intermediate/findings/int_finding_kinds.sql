{{ config(materialized="view") }}

-- What each kind of claim compares, of which subjects, in which direction, and by which rule it is judged.
select *
from (
    values
        ('group_higher', 'sides', 'items', 1, 'every', 'group_a above group_b'),
        ('group_highest', 'each_other', 'items', 1, 'every', 'group_a above each other group'),
        ('largest_difference', 'sides', 'theme_items', 1, 'every', 'group_a above group_b on the named items, and further so than on any other item of the theme'),
        ('highest_item', 'in_total', 'theme_items', 1, 'every', 'above every other item of the theme in total, and first in every group'),
        ('lowest_item', 'in_total', 'theme_items', -1, 'every', 'below every other item of the theme in total, and last in every group'),
        ('among_highest', 'in_total', 'theme_items', 1, 'every', 'above the average of the other items of the theme, and in its highest quarter'),
        ('among_lowest', 'in_total', 'theme_items', -1, 'every', 'below the average of the other items of the theme, and in its lowest quarter'),
        ('above_midpoint', 'level', 'items_or_score', 1, 'every', 'above the middle of the scale, in every group named'),
        ('below_midpoint', 'level', 'items_or_score', -1, 'every', 'below the middle of the scale, in every group named'),
        ('falling_gradient', 'gradient', 'items', 1, 'every', 'falling slope of the means over the ordered groups'),
        ('valence_higher', 'in_total', 'within', 1, 'every', 'score on items of the one valence above that on the other, within respondents'),
        ('theme_higher', 'in_total', 'within', 1, 'every', 'score of the one theme above that of the other, within respondents'),
        ('tension', 'level', 'items', 1, 'every', 'both items above the middle of the scale and negatively correlated, in every group named'),
        ('most_items_higher', 'sides', 'items', 1, 'most', 'group_a above group_b on more than half of the items, below it on at most a tenth'),
        ('consensus', 'each_against_rest', 'items', 1, 'agree', 'groups equivalent on at least four items in five, and consensus within each at least 0.5'),
        ('more_consensus', 'each_against_rest', 'items', 1, 'agree_more', 'groups equivalent on at least four items in five of the one theme, different on more than one in five of the other'),
        ('deviates', 'sides', 'items_and_score', 1, 'any', 'different from the rest on at least one item or the theme score'),
        ('groups_differ', 'sides', 'items', 1, 'differ', 'different on more than one item in five'),
        ('explained_by', 'omnibus', 'score', 1, 'explained', 'theme scores differ by every attribute named, in more than half of the themes')
) as kinds (kind, comparison, subjects, direction, rule, rule_en)
