//! Scenario scripts, crash tests and checks of the tree as a whole.
