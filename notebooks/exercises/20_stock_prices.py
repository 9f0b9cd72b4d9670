# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="20.1" kind="compute" title="One of twenty"
# `people` people each try a method on a random walk, with a test at the given level. The test keeps
# its level. How likely is it that at least one of them can report success? Answer for twenty people
# and the level of five percent.


# %% solution
def lucky(people, level):
    ### BEGIN SOLUTION
    return 1 - (1 - level) ** people
    ### END SOLUTION


# %% why [markdown]
# $1 - 0.95^{20} \approx 0.64$, and with six people already $1 - 0.95^6 \approx 0.26$. The one who
# reports is the one you hear of.

# %% hint [markdown]
# "At least one" is easier to compute from its opposite.

# %% hint [markdown]
# One person fails to find anything with the probability $1 - \text{level}$. And all of them?

# %% hint [markdown]
# $(1 - \text{level})^n$ is the chance that nobody finds anything. The answer is what is left to 1.


# %% wrong says="add the chances up"
def lucky(people, level):
    return people * level


# %% wrong says="nobody can report"
def lucky(people, level):
    return (1 - level) ** people


# %% wrong says="all of them can"
def lucky(people, level):
    return level**people


# %% exercise [markdown] number="20.2" kind="compute" title="What a centred average knows"
# A centred average of five days replaces $p_t$ by $(p_{t-2} + \dots + p_{t+2})/5$. Write the change
# of the average from day $t$ to $t+1$. How much of it is known on day $t$, if all averages up to day
# $t$ are?

# %% answer [markdown]
# It is $(p_{t+3} - p_{t-2})/5$, a fifth of the sum of the five daily changes from $t-2$ to $t+3$.
# Four of the five are contained in the averages up to day $t$, and only the last one is new. So most
# of the change can be foreseen, from numbers that nobody had on day $t$.

# %% exercise [markdown] number="20.3" kind="predict" title="The marks of a copy"
# A "model" forecasts for tomorrow exactly today's price. Before you compute anything: about how
# large is, on a long random walk, the share of the variance of the prices that it explains? What is
# the correlation of the foreseen with the real changes, and what is the share of days on which it
# names the right direction?

# %% answer [markdown]
# The share of the variance is close to 1, because the price of a day differs little from that of
# the day before, compared with how far prices wander. All foreseen changes are 0, so their
# correlation with anything is not defined, and it names no direction at all. The first number is
# the one that is usually shown.

# %% exercise [markdown] number="20.4" kind="write" title="Against tomorrow as today"
# `prices` has a price for each day; `forecasts` has one entry less, made for the days from the
# second on. Return the mean absolute error of the forecasts, divided by the mean absolute error of
# the forecast that says for each day the price of the day before. Below 1 is better than that.


# %% solution
def against_today(prices, forecasts):
    ### BEGIN SOLUTION
    error = np.abs(prices[1:] - forecasts).mean()
    return error / np.abs(prices[1:] - prices[:-1]).mean()
    ### END SOLUTION


# %% why [markdown]
# The number says at once what a chart of prices hides. Whether a ratio a little below 1 is more
# than chance is the question of the test of Diebold and Mariano.

# %% hint [markdown]
# Both errors are about the same days: from the second one to the last.

# %% hint [markdown]
# `prices[1:]` are the days that are forecast, and `prices[:-1]` the prices of the days before.

# %% hint [markdown]
# Mean absolute error of the forecasts above, that of the copy below.


# %% wrong says="mean of all prices"
def against_today(prices, forecasts):
    error = np.abs(prices[1:] - forecasts).mean()
    return error / np.abs(prices[1:] - prices.mean()).mean()


# %% wrong says="Upside down"
def against_today(prices, forecasts):
    error = np.abs(prices[1:] - forecasts).mean()
    return np.abs(np.diff(prices)).mean() / error


# %% wrong says="square the errors"
def against_today(prices, forecasts):
    return np.mean((prices[1:] - forecasts) ** 2) / np.mean(np.diff(prices) ** 2)


# %% wrong says="day on which it was made"
def against_today(prices, forecasts):
    error = np.abs(prices[:-1] - forecasts).mean()
    return error / np.abs(np.diff(prices)).mean()


# %% wrong says="share of the price"
def against_today(prices, forecasts):
    return np.mean(np.abs(prices[1:] - forecasts) / prices[1:])


# %% exercise [markdown] number="20.5" kind="investigate" title="Remove the noise, not the honesty"
# A tutorial smooths the prices before it trains on them. With this program the forecasts become
# astonishingly good. Find out why, and repair it: return for each day the mean of the last `days`
# prices that are known on that day, its own included. On the first days take those that there are.


# %% solution
def smoothed(prices, days):
    ### BEGIN SOLUTION
    return [prices[max(0, t - days + 1) : t + 1].mean() for t in range(len(prices))]
    ### END SOLUTION


# %% start says="days after it"
def smoothed(prices, days):
    return np.convolve(prices, np.ones(days) / days, mode="same")


# %% why [markdown]
# `mode="same"` puts each average in the middle of its days. Libraries for tables do the same if
# they are told to centre a window.

# %% hint [markdown]
# Change one price by hand. Which averages move, those before it or those after it?

# %% hint [markdown]
# No average may move before the day whose price was changed.

# %% hint [markdown]
# The average of day `t` is that of `prices[t - days + 1 : t + 1]`. Take care of the first days,
# where the beginning would be negative.


# %% wrong says="days after it"
def smoothed(prices, days):
    half = days // 2
    return [
        prices[max(0, t - half) : t + half + 1].mean() for t in range(len(prices))
    ]


# %% wrong says="Turn it round"
def smoothed(prices, days):
    return [prices[t : t + days].mean() for t in range(len(prices))]


# %% wrong says="averaged with zeros"
def smoothed(prices, days):
    return np.convolve(prices, np.ones(days) / days)[: len(prices)]


# %% wrong says="Today's price is missing"
def smoothed(prices, days):
    known = [prices[max(0, t - days) : t].mean() for t in range(1, len(prices))]
    return [prices[0], *known]
