{{ theme_table('competences', 'ministry') }}
