//! Makes the folder of the console's files exist, so that the server builds without Node.

fn main() {
    let dist = std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../web/dist");
    // Where the folder cannot be made the embedding says so itself.
    let _ = std::fs::create_dir_all(&dist);
    println!("cargo::rerun-if-changed=../web/dist");
}
