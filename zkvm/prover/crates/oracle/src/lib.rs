//! The EVM oracle: revm behind the executors' request and result forms.
