//! A budget of steps, so that no policy and no input makes a run endless, with the same outcome on every machine.

/// Steps that are left. Whoever runs out gets unknown values, and a check on them is indeterminate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fuel {
    left: u64,
}

impl Fuel {
    /// So many steps.
    pub(crate) fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// Takes a step; `false` where none is left.
    pub(crate) fn step(&mut self) -> bool {
        self.take(1)
    }

    /// Takes several steps at once, for work that grows with its input.
    pub(crate) fn take(&mut self, steps: u64) -> bool {
        if self.left < steps {
            self.left = 0;
            return false;
        }
        self.left -= steps;
        true
    }

    /// How many steps are left.
    pub(crate) fn left(self) -> u64 {
        self.left
    }

    /// Whether no step is left.
    pub(crate) fn is_empty(self) -> bool {
        self.left == 0
    }
}

/// The reason of what ran out of steps.
pub(crate) const BUDGET: &str = "budget";
