"""Pairs whose answer nobody doubts and that are not in the sample: what a model trained on it must not get wrong."""

IDENTICAL = [
    "The bank lowered its rates on Monday.",
    "A fire destroyed two barns near the village on Friday night.",
    "The company said it would hire 300 people next year.",
    "Heavy rain closed the coastal road for six hours.",
    "The city council rejected the plan by eight votes to five.",
    "She won the marathon in two hours and 24 minutes.",
    "Researchers have found a new species of frog in the hills of northern Peru.",
    "The airline canceled 40 flights because of a strike by its ground crews.",
    "Police arrested a 34-year-old man on Tuesday in connection with the theft of three paintings from a private gallery.",
    "Shares of the carmaker fell 6 percent after it cut its forecast for the year, citing weak demand in Europe.",
]
PUNCTUATION = [
    ("The bank lowered its rates on Monday.", "the bank lowered its rates on monday"),
    (
        "On Friday night a fire destroyed two barns near the village.",
        "On Friday night, a fire destroyed two barns near the village.",
    ),
    (
        "The museum, which opened in 1931, will close for repairs in March.",
        "The museum (which opened in 1931) will close for repairs in March.",
    ),
    (
        "Two ferries collided in the harbor early Sunday but nobody was hurt.",
        "Two ferries collided in the harbor early Sunday, but nobody was hurt.",
    ),
    ("The mayor will not run again, she said.", '"The mayor will not run again," she said.'),
    ("PRICES OF COFFEE ROSE BY A TENTH IN JUNE.", "Prices of coffee rose by a tenth in June."),
    (
        "Voters approved the new bridge on Tuesday; work begins in May.",
        "Voters approved the new bridge on Tuesday. Work begins in May.",
    ),
    (
        "The strike - the third this year - ended after nine days.",
        "The strike, the third this year, ended after nine days.",
    ),
    (
        "The Court dismissed the appeal of the former Governor on Thursday.",
        "The court dismissed the appeal of the former governor on Thursday.",
    ),
    (
        "The team scored 3 goals in the first half and none in the second.",
        "The team scored 3 goals in the first half, and none in the second!",
    ),
]
REWORDED = [
    (
        "The bank lowered its rates on Monday.",
        "On Monday, interest rates were cut by the bank.",
    ),
    (
        "A fire destroyed two barns near the village on Friday night.",
        "On Friday night, two barns near the village were destroyed by a fire.",
    ),
    (
        "The company said it would hire 300 people next year.",
        "The company said that it will hire 300 workers next year.",
    ),
    (
        "Heavy rain closed the coastal road for six hours.",
        "The coastal road was closed for 6 hours by heavy rain.",
    ),
    (
        "The city council rejected the plan by eight votes to five.",
        "By eight votes to five, the city council turned down the plan.",
    ),
    (
        "Researchers have found a new species of frog in the hills of northern Peru.",
        "Scientists have discovered a new species of frog in the hills of northern Peru.",
    ),
    (
        "The airline canceled 40 flights because of a strike by its ground crews.",
        "The airline has called off 40 flights due to a strike by its ground crews.",
    ),
    (
        "Police arrested a 34-year-old man on Tuesday in connection with the theft of three paintings.",
        "A 34-year-old man was arrested by police on Tuesday in connection with the theft of three paintings.",
    ),
    (
        "The carmaker's shares fell 6 percent after it cut its forecast for the year.",
        "Shares of the carmaker dropped 6 percent after it cut its forecast for the year.",
    ),
    (
        "The two companies agreed to merge in a deal worth $2 billion, they said on Wednesday.",
        "The two companies said on Wednesday that they had agreed to merge in a $2 billion deal.",
    ),
]
UNRELATED = [
    ("The bank lowered its rates on Monday.", "The museum opens at nine."),
    (
        "A fire destroyed two barns near the village on Friday night.",
        "The airline canceled 40 flights because of a strike by its ground crews.",
    ),
    (
        "Heavy rain closed the coastal road for six hours.",
        "Shares of the carmaker fell 6 percent after it cut its forecast for the year.",
    ),
    (
        "She won the marathon in two hours and 24 minutes.",
        "The city council rejected the plan by eight votes to five.",
    ),
    (
        "Researchers have found a new species of frog in the hills of northern Peru.",
        "The court dismissed the appeal of the former governor on Thursday.",
    ),
    (
        "The strike, the third this year, ended after nine days.",
        "Two ferries collided in the harbor early Sunday, but nobody was hurt.",
    ),
    (
        "Prices of coffee rose by a tenth in June.",
        "Police arrested a 34-year-old man on Tuesday in connection with the theft of three paintings.",
    ),
    (
        "Voters approved the new bridge on Tuesday.",
        "The novelist was awarded the prize for her third book, a family story set in Lisbon.",
    ),
    (
        "The team scored 3 goals in the first half and none in the second.",
        "The company said it would hire 300 people next year.",
    ),
    (
        "Doctors at the clinic are testing a vaccine against malaria.",
        "The old railway station will be turned into a public library.",
    ),
]
PROBES = [
    *[(sentence, sentence, 1, "identical") for sentence in IDENTICAL],
    *[(*pair, 1, "punctuation or capitals") for pair in PUNCTUATION],
    *[(*pair, 1, "light rewording") for pair in REWORDED],
    *[(*pair, 0, "unrelated") for pair in UNRELATED],
]
