//! "Did you mean …?": the known name that a mistyped one resembles, for features, settings and query parameters alike.

/// The known name nearest to `name`, if at most two letters (or a third of the name) differ.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).clamp(1, 2);
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment: insertions, deletions and replacements of one character, and two neighbours in the wrong order.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let first: Vec<usize> = (0..=b.len()).collect();
    let (mut before, mut row) = (first.clone(), first);
    for i in 0..a.len() {
        let mut next = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let replaced = row[j] + usize::from(a[i] != b[j]);
            next[j + 1] = replaced.min(next[j] + 1).min(row[j + 1] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                next[j + 1] = next[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_fetched() {
        let known = ["http", "data", "session_idle_min"];
        assert_eq!(nearest("htpp", &known), Some("http"));
        assert_eq!(nearest("dtaa", &known), Some("data"), "two neighbours in the wrong order are one slip");
        assert_eq!(nearest("dtea", &known), None, "two slips in four letters");
        assert_eq!(nearest("sesion_idle_mn", &known), Some("session_idle_min"));
        assert_eq!(nearest("database", &known), None);
    }
}
