# %% setup
import numpy as np

# %% exercise [markdown] number="90.1" kind="write" title="What is left"
# A unit keeps the share `gates[t]` of its state at step `t`, and its candidate is always 0. Return
# the share of the first state that is left after all steps.


# %% solution
def left(gates):
    ### BEGIN SOLUTION
    return np.prod(gates)
    ### END SOLUTION


# %% hint [markdown]
# What does one step do to the state?

# %% hint [markdown]
# Each step multiplies what is left.

# %% hint [markdown]
# The product of all gates.


# %% wrong says="lose"
def left(gates):
    return 1 - np.sum(1 - gates)


# %% wrong says="last step"
def left(gates):
    return gates[-1]


# %% exercise [markdown] number="90.2" kind="predict" title="Two seeds"
# Two trainings differ in the seed only and reach 84% and 86%. Which of them would you report?

# %% answer [markdown]
# Neither alone: both, or their mean and how many there were.
