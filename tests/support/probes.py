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
    "The city council approved a new library branch.",
    "Firefighters rescued a kitten from a storm drain.",
    "Heavy snow closed the mountain pass overnight.",
    "My sister baked three apple pies for the fair.",
    "The airline canceled its evening flight to Denver.",
    "Researchers at a Midwestern university said they had found a cheaper way to remove lead from drinking water supplies.",
    "The wireless carrier added 400,000 subscribers in the third quarter, helped by demand for its new family plans.",
    "A federal judge dismissed a lawsuit brought by two former employees who said the trucking company owed them overtime pay.",
    "The governor signed a bill that will raise the tax on cigarettes by 50 cents a pack beginning next year.",
    "Although the museum reopened in June, its popular dinosaur hall will remain closed until workers finish repairing the roof.",
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
    ("The mayor's spokesman declined to comment.", "THE MAYOR'S SPOKESMAN DECLINED TO COMMENT."),
    (
        "The Coast Guard found the missing sailboat near Key West on Saturday morning.",
        "the coast guard found the missing sailboat near key west on saturday morning.",
    ),
    ("Ticket sales begin Friday at noon.", "Ticket sales begin Friday at noon"),
    (
        "Meanwhile, workers at the bottling plant remained on strike.",
        "Meanwhile workers at the bottling plant remained on strike.",
    ),
    (
        'The orchestra will perform "Rhapsody in Blue" at its annual spring concert in the park.',
        "The orchestra will perform Rhapsody in Blue at its annual spring concert in the park.",
    ),
    (
        "The suspect, who was not identified, was arrested in a grocery store parking lot without incident.",
        "The suspect - who was not identified - was arrested in a grocery store parking lot without incident.",
    ),
    (
        "Beef, pork, and chicken prices all rose last month.",
        "Beef, pork and chicken prices all rose last month.",
    ),
    (
        "The health department will offer free flu shots at three clinics this fall.",
        "The Health Department Will Offer Free Flu Shots at Three Clinics This Fall",
    ),
    ("Our lost dog is finally home!", "Our lost dog is finally home."),
    (
        "In 2019, the county bought the abandoned railroad line and turned it into a popular bike trail.",
        "In 2019 the county bought the abandoned railroad line, and turned it into a popular bike trail.",
    ),
]
REWORDED = [
    ("The bank lowered its rates on Monday.", "On Monday, interest rates were cut by the bank."),
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
    (
        "A stalled parade float blocked Main Street for hours.",
        "Main Street was blocked for hours by a stalled parade float.",
    ),
    ("The school hired six new bus drivers.", "The school hired 6 new bus drivers."),
    (
        "The committee will vote on the budget Thursday.",
        "On Thursday, the committee will vote on the budget.",
    ),
    ("She bought a wool coat last week.", "Last week, she purchased a wool coat."),
    (
        "Thieves stole two paintings from the gallery.",
        "Two paintings were stolen from the gallery by thieves.",
    ),
    (
        "The senator announced on Wednesday that she would not seek a third term because she wants to spend more time with her family.",
        "On Wednesday, the senator announced that she would not run for a third term because she wants to spend more time with her family.",
    ),
    (
        "The automaker will recall about 30,000 pickup trucks to fix faulty brakes that have been linked to several crashes.",
        "About 30,000 pickup trucks will be recalled by the automaker to repair faulty brakes that have been linked to several crashes.",
    ),
    (
        "After a long delay, the space agency launched its weather satellite from Florida early Sunday.",
        "The space agency launched its weather satellite from Florida early Sunday after a lengthy delay.",
    ),
    (
        "Volunteers planted more than two hundred oak trees along the river as part of a project to prevent erosion.",
        "More than 200 oak trees were planted along the river by volunteers as part of a project to prevent erosion.",
    ),
    (
        "Shares of the toy maker fell 8 percent on Monday after the company reported weak holiday sales.",
        "On Monday, shares of the toy maker fell eight percent after the company reported weak holiday sales.",
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
    ("The quarterback injured his knee in practice.", "Tomato soup is best served very hot."),
    (
        "Gasoline prices fell for the fifth straight week.",
        "Her piano recital lasted nearly two hours.",
    ),
    (
        "Beekeepers reported a mild winter for their hives.",
        "The company released a new tablet computer.",
    ),
    (
        "Voters elected a new sheriff by a wide margin.",
        "My grandfather has collected antique pocket watches since childhood.",
    ),
    (
        "An earthquake shook southern Chile early Monday.",
        "The actress won an award for best comedy.",
    ),
    (
        "Doctors say that regular walking can lower blood pressure and improve sleep in adults over the age of 60.",
        "The zoo's new baby elephant drew record crowds over the weekend, with some families waiting two hours to see her.",
    ),
    (
        "The software company agreed to pay $12 million to settle claims that it copied a competitor's code.",
        "Dry weather has cut this year's peach harvest nearly in half, growers in central Georgia said on Friday.",
    ),
    (
        "Two climbers reached the summit just before sunset and then spent a freezing night in a small tent.",
        "The insurance company plans to move its headquarters from Hartford to Charlotte by the end of the decade.",
    ),
    (
        "The novelist's latest book follows three generations of a fishing family on the coast of Maine.",
        "Diplomats from nine countries will meet in Geneva next week to discuss a cease-fire in the region.",
    ),
    (
        "A power outage left thousands of homes in the dark after a transformer exploded near the highway.",
        "The figure skater landed every jump in her routine and won her first national title on Saturday night.",
    ),
]
PROBES = [
    *[(sentence, sentence, 1, "identical") for sentence in IDENTICAL],
    *[(*pair, 1, "punctuation or capitals") for pair in PUNCTUATION],
    *[(*pair, 1, "light rewording") for pair in REWORDED],
    *[(*pair, 0, "unrelated") for pair in UNRELATED],
]
