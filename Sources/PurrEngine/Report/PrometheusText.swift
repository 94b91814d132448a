/// Figures as Prometheus reads them: its text format, version 0.0.4.
package enum PrometheusText {
    /// The `Content-Type` of it.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// - Parameter version: Of this Purr.
    package static func text(_ figures: ServiceFigures, version: String) -> String {
        var page = Page()
        page.add("purr_info", .gauge, "Which Purr this is.", [("version", version, 1)])
        let mailboxes = figures.mailboxes
        page.add(
            "purr_sent_total", .counter, "Mails of sequences that a server has taken.",
            mailboxes.map { ("mailbox", $0.address, Double($0.sent)) })
        page.add(
            "purr_due", .gauge, "Mails that are due now.",
            mailboxes.map { ("mailbox", $0.address, Double($0.due)) })
        page.add(
            "purr_open_outcomes", .gauge, "Mails of which it is not known whether a server has taken them.",
            mailboxes.map { ("mailbox", $0.address, Double($0.openOutcomes)) })
        page.add(
            "purr_mailbox_up", .gauge, "Whether the mailbox can be used and is not paused.",
            mailboxes.map { ("mailbox", $0.address, $0.isUp ? 1 : 0) })
        page.add(
            "purr_last_pass_seconds", .gauge,
            "Seconds since all folders of the mailbox were known to be read to their end.",
            mailboxes.compactMap { one in one.lastPass.map { ("mailbox", one.address, $0) } })
        page.add(
            "purr_held", .gauge, "Enrollments that wait for a person.",
            figures.held.sorted { $0.key < $1.key }.map { ("reason", $0.key, Double($0.value)) })
        page.add(
            "purr_alarms", .gauge, "Alarms that hold, of every kind.",
            AlarmKind.allCases.filter { $0 != .test }.map {
                ("kind", $0.rawValue, Double(figures.alarms[$0.rawValue] ?? 0))
            })
        if let free = figures.freeBytes {
            page.add(
                "purr_disk_free_bytes", .gauge, "Bytes left on the data's disk.", [("", "", Double(free))])
        }
        if let backup = figures.lastBackup {
            page.add(
                "purr_last_backup_timestamp_seconds", .gauge, "When the last backup was made.",
                [("", "", backup)])
        }
        return page.text
    }

    private enum Kind: String { case counter, gauge }

    private struct Page {
        var text = ""

        mutating func add(
            _ name: String, _ kind: Kind, _ help: String,
            _ rows: [(label: String, value: String, number: Double)]
        ) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
            for row in rows {
                let labels = row.label.isEmpty ? "" : "{\(row.label)=\"\(Self.escaped(row.value))\"}"
                text += "\(name)\(labels) \(Self.number(row.number))\n"
            }
        }

        private static func escaped(_ value: String) -> String {
            value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }

        /// A whole number without a fraction.
        private static func number(_ number: Double) -> String {
            Int64(exactly: number).map(String.init) ?? "\(number)"
        }
    }
}
