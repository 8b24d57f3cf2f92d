{{ theme_table('personnel_policy', 'ministry') }}
