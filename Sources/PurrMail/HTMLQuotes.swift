/// The marks by which mail clients tell quotes and signatures apart in HTML, whatever the language.
enum HTMLQuotes {
    enum Mark {
        /// What follows is the quoted mail, to the end.
        case rest
        /// The line that says who wrote the quote.
        case line
        /// A signature begins.
        case signature
    }

    /// The mark on a tag.
    ///
    /// - Parameter tag: From `<` to `>`, as it stands.
    static func mark(on name: String, _ tag: ArraySlice<UInt8>) -> Mark? {
        guard tag.count > name.utf8.count + 8, tag.count < 2_048,
            name == "div" || name == "span" || name == "hr" || name == "table"
        else { return nil }
        var index = tag.startIndex
        while index < tag.endIndex {
            let byte = tag[index].lowercased
            for (text, mark) in marks[Int(byte)] where tag[index...].hasPrefix(lowercased: text) {
                // Outlook's own rule above the header of the quoted mail is told by its padding.
                if text != outlookRule || isOutlookRule(tag[index...]) { return mark }
            }
            index += 1
        }
        return nil
    }

    private static func isOutlookRule(_ style: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: style.lazy.filter { !$0.isSpace }.map(\.lowercased), as: UTF8.self)
        return text.hasPrefix("border:none;border-top:solid") && text.contains("padding:3.0pt0")
    }

    private static let outlookRule = "border:none"

    /// By first letter: Outlook on the web, for phones and for Mac, Yahoo, Proton, Zimbra, Gmail, Thunderbird.
    private static let marks: [[(text: String, mark: Mark)]] = {
        let table: [(String, Mark)] = [
            ("divrplyfwdmsg", .rest), ("appendonsend", .rest), ("olk_src_body_section", .rest),
            ("yahoo_quoted", .rest), ("protonmail_quote", .rest), ("__quoted_text__", .rest),
            ("__headers__", .rest), ("zwchr", .rest), ("mail-editor-reference-message-container", .rest),
            ("tutanota_quote", .rest), ("ntes-mailmaster-quote", .rest), ("isreplycontent", .rest),
            (outlookRule, .rest), ("gmail_attr", .line), ("moz-cite-prefix", .line),
            ("\"gmail_signature\"", .signature), ("moz-signature", .signature),
            ("protonmail_signature_block\"", .signature), ("ms-outlook-mobile-signature", .signature),
        ]
        var marks = [[(text: String, mark: Mark)]](repeating: [], count: 256)
        for (text, mark) in table {
            if let first = text.utf8.first { marks[Int(first)].append((text, mark)) }
        }
        return marks
    }()
}
