/// The word that was probably meant.
///
/// - Returns: The nearest of `words`, if it takes few enough keystrokes to get there; case is free.
package func nearest(to typed: String, among words: [String]) -> String? {
    let limit = typed.count <= 4 ? 1 : typed.count <= 8 ? 2 : 3
    // What is typed may be of any length, and distance costs its square.
    guard typed.count <= 40 else { return nil }
    let scored = words.map { (word: $0, steps: distance(typed.lowercased(), $0.lowercased())) }
    return scored.filter { $0.steps <= limit }.min { $0.steps < $1.steps }?.word
}

/// As in `; did you mean "after"?`, or the list of what is possible.
func suggestion(for typed: String, among words: [String]) -> String {
    if let word = nearest(to: typed, among: words) { return "did you mean \"\(word)\"?" }
    return "possible are \(words.joined(separator: ", "))."
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
private func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var best = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
