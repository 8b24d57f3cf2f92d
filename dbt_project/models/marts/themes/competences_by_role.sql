{{ theme_table('competences', 'role') }}
