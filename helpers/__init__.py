"""What the notebooks import lies here, one subject per file; what `make` runs lies in `commands/`.

sources.py      where MRPC and the model come from: the Hub, a folder of yours, or what is bundled
mrpc.py         what counts as MRPC, and what other data needs to take its place
pretrained.py   the model: packaged, a folder of yours, or a name on the Hub
hub.py          fetching a few files from the Hub without ever waiting long
kept.py         the folder in which what was fetched is kept
shadows.py      a file of yours that takes the place of a package, named at the first import
prepare.py      notebooks 2 to 4 in one call, for the notebooks after them
own_data.py     a CSV file of yours, read and checked (notebook 10, train.py); csv_file.py reads its rows, own_table.py cleans them
padding.py      counting the tokens that padding costs (notebook 5)
speed.py        how fast a recipe trains (make bench)
train.py        the training loop of notebook 8 as a script; training_data.py, training_run.py, checkpoints.py, option_types.py serve it
launch.py       several processes of it on one machine, which listen on loopback alone
plots.py        every figure, in the style of course.mplstyle
runs.py         the folder that outputs go to
set_up.py       installs what a hosted notebook's kernel lacks (python -m helpers hosted)
errors.py       errors whose messages are meant for people
exercises/      the checks, one file per notebook; verdict.py decides and prints
sample/         the bundled stand-in for MRPC, its readable source, and what builds it
passenger_messages/   the CSV file of notebook 10, its readable source, and what builds it
commands/       one file per command, each with the files that it ships; `python -m helpers` lists them
"""

from helpers.shadows import check_here

check_here()
