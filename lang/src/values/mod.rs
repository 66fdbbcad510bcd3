//! Values with a meaning of their own.
