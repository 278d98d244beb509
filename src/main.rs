//! The binary: everything is in the library.

/// A call is some hundreds of small allocations on many threads, where the C library's allocator spends a fifth of a
/// server's time (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    workwarden::cli::main()
}
