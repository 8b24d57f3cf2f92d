{{ theme_table('personnel_policy', 'role') }}
