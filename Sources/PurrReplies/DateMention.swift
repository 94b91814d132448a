import PurrMail

/// A day named in a text.
struct DateMention {
    /// Days since 1970-01-01; of a week, its Monday.
    let days: Int
    /// Bytes of the ``SearchText``.
    let range: Range<Int>
    /// How many days it covers: 7 for a week.
    var length = 1
    /// Whether it ends the absence by its own words: `for the rest of the week`.
    var isLastDay = false
}

/// Finds the days a text names: `24 August 2026`, `August 24th`, `24.08.`, `2026-08-24`, `8月24日`, weekdays,
/// `tomorrow`, `in two weeks`.
enum DateMentions {
    /// - Parameter usual: How its writer orders `3/4`, where the text does not show it.
    static func all(in text: SearchText, today: Int, usual: DateOrder? = nil) -> [DateMention] {
        let tokens = DateOrder.settled(Token.all(in: text.bytes), in: text, usual: usual)
        var mentions: [DateMention] = []
        var index = 0
        while index < tokens.count, mentions.count < 64 {
            if let (mention, used) = mention(tokens, at: index, today: today)
                ?? endOfRange(tokens, at: index, after: mentions.last)
            {
                mentions.append(mention)
                index += used
            } else {
                index += 1
            }
        }
        let others = phrases(in: text, today: today).filter { phrase in
            !mentions.contains { $0.range.overlaps(phrase.range) }
        }
        guard !others.isEmpty else { return mentions }
        return (mentions + others).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// A run of digits, a word, or a sign.
    struct Token {
        enum Kind { case number(Int), word(String), sign(UInt8) }
        let kind: Kind
        let range: Range<Int>
        /// Whether a blank stands before it.
        let isSeparated: Bool

        var number: Int? { if case .number(let value) = kind { value } else { nil } }
        var word: String? { if case .word(let text) = kind { text } else { nil } }
        func with(_ kind: Kind) -> Token { Token(kind: kind, range: range, isSeparated: isSeparated) }
        func isSameSign(as other: Token) -> Bool {
            guard case .sign(let byte) = kind, case .sign(let same) = other.kind else { return false }
            return byte == same
        }
        func isSign(_ signs: String) -> Bool {
            if case .sign(let byte) = kind { signs.utf8.contains(byte) } else { false }
        }

        private static let dateMarks: Set<String> = ["年", "月", "日", "号", "號", "년", "월", "일"]

        /// Korean writes the same marks in its own letters.
        private static func mark(_ text: String) -> String {
            switch text {
            case "년": "年"
            case "월": "月"
            case "일": "日"
            default: text
            }
        }

        static func all(in bytes: [UInt8]) -> [Token] {
            var tokens: [Token] = []
            var index = 0
            var isSeparated = false
            func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
            func isLetter(_ byte: UInt8) -> Bool { (byte >= 0x61 && byte <= 0x7A) || byte >= 0x80 }
            while index < bytes.count {
                let start = index
                let byte = bytes[index]
                if byte == 0x20 {
                    isSeparated = true
                    index += 1
                    continue
                }
                if isDigit(byte) {
                    var value = 0
                    while index < bytes.count, isDigit(bytes[index]) {
                        value = min(value * 10 + Int(bytes[index] - 0x30), 99_999_999)
                        index += 1
                    }
                    // Eight digits at most: no telephone number is a date.
                    tokens.append(
                        Token(
                            kind: .number(index - start > 8 ? 99_999_999 : value), range: start..<index,
                            isSeparated: isSeparated))
                } else if case .number? = tokens.last?.kind, !isSeparated, index + 3 <= bytes.count,
                    dateMarks.contains(String(decoding: bytes[index..<(index + 3)], as: UTF8.self))
                {
                    // What follows a mark without a blank is another word: 8月24日から.
                    index += 3
                    tokens.append(
                        Token(
                            kind: .word(mark(String(decoding: bytes[start..<index], as: UTF8.self))),
                            range: start..<index,
                            isSeparated: false))
                } else if isLetter(byte) {
                    while index < bytes.count, isLetter(bytes[index]) { index += 1 }
                    tokens.append(
                        Token(
                            kind: .word(String(decoding: bytes[start..<index], as: UTF8.self)),
                            range: start..<index,
                            isSeparated: isSeparated))
                } else {
                    index += 1
                    tokens.append(Token(kind: .sign(byte), range: start..<index, isSeparated: isSeparated))
                }
                isSeparated = false
            }
            return tokens
        }
    }

    private static func mention(_ tokens: [Token], at index: Int, today: Int) -> (DateMention, Int)? {
        if let week = week(tokens, index, today) { return week }
        let found =
            numeric(tokens, index, today) ?? ideographic(tokens, index, today) ?? dayThenMonth(
                tokens, index, today)
            ?? monthThenDay(tokens, index, today) ?? startOfRange(tokens, index, today)
            ?? relative(tokens, index, today) ?? dayOfMonth(tokens, index, today)
        guard let (days, used) = found, used > 0, index + used <= tokens.count else { return nil }
        let range = tokens[index].range.lowerBound..<tokens[index + used - 1].range.upperBound
        return (DateMention(days: days, range: range), used)
    }

    // MARK: Numbers

    static func numeric(_ tokens: [Token], _ index: Int, _ today: Int) -> (Int, Int)? {
        guard let first = tokens[index].number, index + 2 < tokens.count, tokens[index + 1].isSign("./-|"),
            let second = tokens[index + 2].number, !tokens[index + 1].isSeparated
        else { return nil }
        let isSlash = tokens[index + 1].isSign("/")
        var third: Int?
        var used = 3
        if index + 4 < tokens.count, tokens[index + 3].isSameSign(as: tokens[index + 1]),
            let year = tokens[index + 4].number, !tokens[index + 3].isSeparated, year < 10_000
        {
            // "24.08. 14 Uhr": a full stop and a time.
            if !tokens[index + 4].isSeparated || year >= 1_000 {
                third = year
                used = 5
            }
        }
        if first >= 1_900, first < 3_000, let third { return days(first, second, third).map { ($0, used) } }
        // "14.30" and "9-17" are times; a date without a year has a full stop behind it, or a slash.
        if third == nil {
            guard !tokens[index + 1].isSign("-"), !tokens[index + 2].isSeparated else { return nil }
            if tokens[index + 1].isSign(".") {
                let isClosed =
                    index + 3 < tokens.count && tokens[index + 3].isSign(".")
                    && !tokens[index + 3].isSeparated
                guard second >= 1, second <= 12,
                    isClosed || second < 10 || first > 23 || isDateLike(tokens, index)
                else { return nil }
                if isClosed { used = 4 }
            }
        }
        let year = third.map { $0 < 100 ? 2_000 + $0 : $0 }
        let dayFirst = resolved(year: year, month: second, day: first, today: today)
        let monthFirst = isSlash ? resolved(year: year, month: first, day: second, today: today) : nil
        switch (dayFirst, monthFirst) {
        case (let day?, nil): return (day, used)
        case (nil, let month?): return (month, used)
        case (let day?, let month?):
            // Both readings exist: the nearer one that is still to come.
            let best = [day, month].filter { $0 >= today }.min() ?? day
            return (best, used)
        default: return nil
        }
    }

    /// Whether a word that goes with dates stands before the number.
    private static func isDateLike(_ tokens: [Token], _ index: Int) -> Bool {
        guard index > 0, let word = tokens[index - 1].word else { return false }
        return DateWords.beforeDates.contains(word) || DateWords.weekdays[word] != nil
    }

    /// `2026年8月24日`, `8月24日`.
    private static func ideographic(_ tokens: [Token], _ index: Int, _ today: Int) -> (Int, Int)? {
        func number(_ offset: Int, before mark: String) -> Int? {
            guard index + offset + 1 < tokens.count, let value = tokens[index + offset].number,
                let word = tokens[index + offset + 1].word, word.hasPrefix(mark)
            else { return nil }
            return value
        }
        if let year = number(0, before: "年"), let month = number(2, before: "月"), index + 4 < tokens.count,
            let day = tokens[index + 4].number
        {
            return days(year, month, day).map { ($0, 5 + closing(tokens, index + 5)) }
        }
        if let month = number(0, before: "月"), index + 2 < tokens.count, let day = tokens[index + 2].number
        {
            return resolved(year: nil, month: month, day: day, today: today).map {
                ($0, 3 + closing(tokens, index + 3))
            }
        }
        return nil
    }

    /// 1 when the token is `日` or `号` alone, which belongs to the date.
    private static func closing(_ tokens: [Token], _ index: Int) -> Int {
        index < tokens.count && ["日", "号", "號"].contains(tokens[index].word ?? "") ? 1 : 0
    }

    // MARK: Names of months

    /// `24 August 2026`, `24. august`, `24th of August`, `24 de agosto de 2026`.
    static func dayThenMonth(_ tokens: [Token], _ index: Int, _ today: Int) -> (Int, Int)? {
        guard let day = tokens[index].number, (1...31).contains(day) else { return nil }
        var next = index + 1
        while next < tokens.count, next - index <= 3,
            tokens[next].isSign(".,°º") || DateWords.inDates.contains(tokens[next].word ?? "")
        {
            next += 1
        }
        guard next < tokens.count, let month = tokens[next].word.flatMap(DateWords.month) else {
            return nil
        }
        let (year, used) = year(tokens, after: next)
        return resolved(year: year, month: month, day: day, today: today).map { ($0, used - index) }
    }

    /// `August 24, 2026`, `Aug. 24th`.
    static func monthThenDay(_ tokens: [Token], _ index: Int, _ today: Int) -> (Int, Int)? {
        guard let month = tokens[index].word.flatMap(DateWords.month) else { return nil }
        var next = index + 1
        if next < tokens.count, tokens[next].isSign(".") { next += 1 }
        if next < tokens.count, tokens[next].word == "the" { next += 1 }
        guard next < tokens.count, let day = tokens[next].number, (1...31).contains(day) else { return nil }
        if next + 1 < tokens.count, ["st", "nd", "rd", "th"].contains(tokens[next + 1].word ?? "") {
            next += 1
        }
        let (year, used) = year(tokens, after: next)
        return resolved(year: year, month: month, day: day, today: today).map { ($0, used - index) }
    }

    /// A year behind a date, and the index after it.
    private static func year(_ tokens: [Token], after index: Int) -> (Int?, Int) {
        var next = index + 1
        while next < tokens.count, next - index <= 2,
            tokens[next].isSign(".,") || ["de", "del"].contains(tokens[next].word ?? "")
        {
            next += 1
        }
        guard next < tokens.count, let year = tokens[next].number, (1_990...2_200).contains(year) else {
            return (nil, index + 1)
        }
        return (year, next + 1)
    }

    // MARK: Years

    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        ReturnDate(year: year, month: month, day: day)?.daysSince1970
    }

    /// Without a year: the one that puts the day nearest, up to 120 days back.
    static func resolved(year: Int?, month: Int, day: Int, today: Int) -> Int? {
        if let year { return days(year, month, day) }
        let thisYear = MailDate.civil(today).year
        guard let candidate = days(thisYear, month, day) ?? days(thisYear + 1, month, day) else {
            return nil
        }
        if candidate < today - 120 { return days(thisYear + 1, month, day) }
        // In January, "28 December" was last month.
        if candidate > today + 300 { return days(thisYear - 1, month, day) }
        return candidate
    }
}
