{{ theme_table('dissent_and_dilemmas', 'ministry') }}
