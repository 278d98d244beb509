//! Tells cargo of the directories embedded in the binary, so that a file added to one is seen.

fn main() {
    for dir in ["migrations", "addons_schema"] {
        if std::path::Path::new(dir).exists() {
            println!("cargo:rerun-if-changed={dir}");
        }
    }
    println!("cargo:rerun-if-changed=build.rs");
}
