internal import PurrCalendar
internal import PurrFiles
internal import PurrSequences
internal import PurrStore

/// A calendar of holidays, as people look at it.
package struct CalendarReport: Sendable, Hashable, Encodable {
    package let name: String
    package let days: Int
    /// ISO 8601, as `2026-01-01`.
    package let first: String
    package let last: String
    /// The sequences whose follow-ups leave its days out.
    package let sequences: [String]
}

/// One day of a calendar.
package struct HolidayReport: Sendable, Hashable, Encodable {
    /// ISO 8601.
    package let day: String
    package let name: String
}

extension Commands {
    /// How many years of holidays are kept: this one and the ten that follow.
    package static let calendarYears = 10

    /// Keeps the holidays of an iCalendar file; of the same name, it replaces what was there.
    ///
    /// - Parameter file: The file's name, for complaints.
    package func importCalendar(_ name: String, _ bytes: [UInt8], file: String) throws -> CalendarReport {
        try check(calendar: name)
        let year = Zone.utc.wall(of: now).day.year
        let found: [HolidayFile.Holiday]
        do { found = try HolidayFile.days(in: bytes, years: year...(year + Self.calendarYears)) } catch {
            throw CommandError(.badData, "\(file): \(error.description)")
        }
        let days = found.compactMap { holiday in
            LocalDay(year: holiday.year, month: holiday.month, day: holiday.day).map {
                (day: $0, name: holiday.name)
            }
        }
        guard !days.isEmpty else {
            throw CommandError(
                .badData,
                "\(file) holds no all-day event from \(year) to \(year + Self.calendarYears), so there is nothing to keep."
            )
        }
        return try change { transaction in
            try transaction.setHolidays(days, ofCalendar: name)
            return try calendar(name, in: transaction)
        }
    }

    /// All calendars by name.
    package func calendars() throws -> [CalendarReport] {
        try look { try calendars(in: $0) }
    }

    /// The days of one calendar, in order of time.
    package func holidays(ofCalendar name: String) throws -> [HolidayReport] {
        try look { transaction in
            _ = try calendar(name, in: transaction)
            return try transaction.holidays(ofCalendar: name).map {
                HolidayReport(day: $0.day.description, name: $0.name)
            }
        }
    }

    /// Forgets a calendar that no sequence uses.
    package func removeCalendar(_ name: String) throws {
        try change { transaction in
            let users = try calendar(name, in: transaction).sequences
            guard users.isEmpty else {
                throw CommandError(
                    .badData,
                    "The calendar \"\(name)\" is used by \(users.map { "\"\($0)\"" }.joined(separator: ", ")). Change their holidays first."
                )
            }
            try transaction.setHolidays([], ofCalendar: name)
        }
    }

    /// Refuses settings with a calendar that is not there.
    func check(calendars names: [String], file: String, in transaction: Transaction) throws {
        let known = Set(try transaction.calendars().map(\.name))
        for name in names where !known.contains(name) {
            let meant = nearest(to: name, among: known.sorted()).map { " Did you mean \"\($0)\"?" } ?? ""
            throw FileProblem(
                file: file, line: nil,
                text:
                    "There is no calendar \"\(name)\"; import it: purr calendar import \(name) FILE.ics.\(meant)"
            )
        }
    }

    private func calendar(_ name: String, in transaction: Transaction) throws -> CalendarReport {
        if let found = try calendars(in: transaction).first(where: { $0.name == name }) { return found }
        throw CommandError(.badData, "There is no calendar \"\(name)\". See: purr calendar list.")
    }

    private func calendars(in transaction: Transaction) throws -> [CalendarReport] {
        let sequences = try transaction.sequences()
        return try transaction.calendars().map { calendar in
            CalendarReport(
                name: calendar.name, days: calendar.days, first: calendar.first, last: calendar.last,
                sequences: sequences.filter { $0.settings.calendars.contains(calendar.name) }.map(\.name))
        }
    }

    /// A name has to be told from a day in `holidays:`, and must not need quotes there.
    private func check(calendar name: String) throws {
        let isWord = name.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
        guard isWord, name.first?.isLetter == true, name.utf8.count <= 100 else {
            throw CommandError(
                .usage,
                "A calendar's name begins with a letter and has letters, digits, - and _ alone, such as norway."
            )
        }
    }
}
