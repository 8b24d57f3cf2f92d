"""Simulation: synthetic waves of a survey, drawn from parameters that are rows in `seeds/simulation`.

What belongs here: the parameters, the respondents, their answers, and the delivery that carries
them. What does not: anything that reads a delivery; the warehouse meets a synthetic wave as it
meets any other. Start at `writing.simulate_wave` for a file, at `wave.simulate` for arrays.
"""
