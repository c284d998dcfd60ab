//! Returns: read, checked, applied.
