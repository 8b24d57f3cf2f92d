{{ theme_table('personnel_policy', 'domain') }}
