extension Transaction {
    /// Whether any contact has a value for a property of one's own.
    package func hasContact(withProperty name: String) throws -> Bool {
        try property(spelled: name) { $0 == name } != nil
    }

    /// A property of one's own that some contact has a value for, and that differs in capitals alone.
    package func property(likeSpelled name: String) throws -> String? {
        let folded = name.lowercased()
        return try property(spelled: name) { $0 != name && $0.lowercased() == folded }
    }

    private func property(spelled name: String, where fits: (String) -> Bool) throws -> String? {
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
            guard let final = page.last else { return nil }
            last = final.integer(0)
            for row in page {
                let found = JSONText.decoded([String: String].self, row.text(1))?
                    .first { fits($0.key) && !$0.value.isEmpty }
                if let found { return found.key }
            }
        }
    }
}
