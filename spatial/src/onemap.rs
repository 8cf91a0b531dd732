//! onemap
