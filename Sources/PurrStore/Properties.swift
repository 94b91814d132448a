extension Transaction {
    /// Whether any contact has a value for a property of one's own.
    package func hasContact(withProperty name: String) throws -> Bool {
        // LIKE finds candidates, in any case in some databases; the document itself decides.
        let pattern =
            "%\""
            + name.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
            + "\":%"
        var last: Int64 = 0
        while true {
            let page = try rows(
                "SELECT id, properties FROM contact WHERE id > ?1 AND properties LIKE ?2 ESCAPE '\\' ORDER BY id LIMIT 100",
                last, pattern)
            guard let final = page.last else { return false }
            last = final.integer(0)
            let isFound = page.contains { row in
                JSONText.decoded([String: String].self, row.text(1))?[name].map { !$0.isEmpty } ?? false
            }
            if isFound { return true }
        }
    }
}
