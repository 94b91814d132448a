import PurrMail

/// Days named by their distance, by their weekday, or by less than a date.
extension DateMentions {
    static func relative(_ tokens: [Token], _ index: Int, _ today: Int) -> (Int, Int)? {
        guard let word = tokens[index].word else { return nil }
        if let offset = DateWords.offsets[word] { return (today + offset, 1) }
        // "i morgen", "ab morgen"; not "guten Morgen".
        if word == "morgen" || word == "morgon" {
            let before = index > 0 ? tokens[index - 1].word ?? "" : ""
            let isTomorrow = word == "morgen" ? !DateWords.greetings.contains(before) : before == "i"
            return isTomorrow ? (today + 1, 1) : nil
        }
        // "segunda-feira".
        if let weekday = DateWords.portugueseWeekdays[word], index + 2 < tokens.count,
            tokens[index + 1].isSign("-"), tokens[index + 2].word == "feira"
        {
            return named(weekday, tokens, index, used: 3, today)
        }
        // "in two weeks", "om 3 dager", "in 10 Tagen".
        if DateWords.inFuture.contains(word) {
            // "dentro de dos semanas", "daqui a duas semanas".
            let first = index + 1 < tokens.count && ["de", "a"].contains(tokens[index + 1].word) ? 2 : 1
            if index + first + 1 < tokens.count,
                let count = tokens[index + first].number
                    ?? tokens[index + first].word.flatMap({ DateWords.numbers[$0] }),
                (1...60).contains(count),
                let unit = tokens[index + first + 1].word.flatMap({ DateWords.units[$0] })
            {
                return (today + count * unit, first + 2)
            }
        }
        // "next week": its Monday.
        if DateWords.next.contains(word), index + 1 < tokens.count, let unit = tokens[index + 1].word {
            if DateWords.units[unit] == 7 { return (nextWeekday(1, after: today), 2) }
            if let weekday = DateWords.weekdays[unit] { return (nextWeekday(weekday, after: today), 2) }
        }
        return DateWords.weekdays[word].flatMap { named($0, tokens, index, used: 1, today) }
    }

    /// A weekday, or the date behind it, which says it better: `Monday, 24 August`.
    private static func named(_ weekday: Int, _ tokens: [Token], _ index: Int, used: Int, _ today: Int) -> (
        Int, Int
    )? {
        for offset in used...(used + 3) where index + offset < tokens.count {
            let token = tokens[index + offset]
            if let (days, more) = numeric(tokens, index + offset, today)
                ?? dayThenMonth(tokens, index + offset, today)
                ?? monthThenDay(tokens, index + offset, today)
            {
                return (days, offset + more)
            }
            guard token.isSign(",.(") || DateWords.inDates.contains(token.word ?? "") else { break }
        }
        return (nextWeekday(weekday, after: today), used)
    }

    /// The next such day after today; 1 is Monday.
    static func nextWeekday(_ weekday: Int, after today: Int) -> Int {
        // 1970-01-01 was a Thursday.
        let current = (today + 3) % 7 + 1
        return today + (weekday - current + 6) % 7 + 1
    }

    /// `the 24th`, and in other languages `jusqu'au 24`, `bis zum 24.` where the sentence ends there: the next
    /// such day.
    static func dayOfMonth(_ tokens: [Token], _ index: Int, _ today: Int) -> (Int, Int)? {
        guard index > 0, let day = tokens[index].number, (1...31).contains(day),
            let before = tokens[index - 1].word
        else { return nil }
        var used = 1
        if before == "the", index + 1 < tokens.count, !tokens[index + 1].isSeparated,
            ["st", "nd", "rd", "th"].contains(tokens[index + 1].word ?? "")
        {
            used = 2
        } else {
            guard DateWords.beforeDays.contains(before),
                index + 1 == tokens.count || tokens[index + 1].isSign(".,;)!")
            else { return nil }
            // "bis zum 24.12": a date, or a number that is none.
            if index + 2 < tokens.count, tokens[index + 2].number != nil, !tokens[index + 2].isSeparated {
                return nil
            }
        }
        let (year, month, current) = MailDate.civil(today)
        let isThisMonth = day >= current
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        return (isThisMonth ? days(year, month, day) : days(next.0, next.1, day)).map { ($0, used) }
    }

    // MARK: Ranges that name the month once

    /// The first day of `from 3 to 14 August`, `vom 3. bis 14. August`.
    static func startOfRange(_ tokens: [Token], _ index: Int, _ today: Int) -> (Int, Int)? {
        guard let day = tokens[index].number, (1...31).contains(day) else { return nil }
        var next = index + 1
        while next < tokens.count, next - index <= 2,
            tokens[next].isSign(".")
                || ["st", "nd", "rd", "th", "er", "º"].contains(tokens[next].word ?? "")
        {
            next += 1
        }
        let used = next - index
        guard next < tokens.count, isConnector(tokens[next]) else { return nil }
        next += 1
        while next < tokens.count, next - index <= 6,
            isConnector(tokens[next]) || DateWords.inDates.contains(tokens[next].word ?? "")
                || ["zum", "the", "al", "au"].contains(tokens[next].word ?? "")
        {
            next += 1
        }
        guard next < tokens.count, let (end, _) = dayThenMonth(tokens, next, today) else { return nil }
        let (year, month, _) = MailDate.civil(end)
        guard let start = days(year, month, day), start <= end else { return nil }
        return (start, used)
    }

    /// The last day of `August 3-14`, `8月10日から14日`.
    static func endOfRange(_ tokens: [Token], at index: Int, after last: DateMention?) -> (
        DateMention, Int
    )? {
        guard let last, index >= 2, let day = tokens[index].number, (1...31).contains(day),
            isConnector(tokens[index - 1]), tokens[index - 2].range.upperBound == last.range.upperBound,
            last.length == 1
        else { return nil }
        if index + 1 < tokens.count, tokens[index + 1].isSign(":/") || tokens[index + 1].word == "uhr" {
            return nil
        }
        let (year, month, first) = MailDate.civil(last.days)
        guard day > first, let end = days(year, month, day) else { return nil }
        return (DateMention(days: end, range: tokens[index].range), 1)
    }

    private static func isConnector(_ token: Token) -> Bool {
        token.isSign("-~") || DateWords.connectors.contains(token.word ?? "")
    }

    // MARK: Weeks

    /// `uke 33`, `v. 33-34`, `KW 33`: weeks of ISO 8601, as the north of Europe counts.
    static func week(_ tokens: [Token], _ index: Int, _ today: Int) -> (DateMention, Int)? {
        guard let word = tokens[index].word, DateWords.weekNames.contains(word) else { return nil }
        var next = index + 1
        if next < tokens.count, tokens[next].isSign(".") { next += 1 }
        guard next < tokens.count, let number = tokens[next].number, (1...53).contains(number) else {
            return nil
        }
        // "v. 1.5": a version.
        if next + 1 < tokens.count, !tokens[next + 1].isSeparated, tokens[next + 1].isSign(".:/"),
            next + 2 < tokens.count, tokens[next + 2].number != nil
        {
            return nil
        }
        var last = number
        var end = next
        // "uke 33 og 34", "v. 32-34".
        if next + 2 < tokens.count,
            isConnector(tokens[next + 1])
                || ["og", "och", "und", "en", "and", "ja"]
                    .contains(tokens[next + 1].word ?? ""),
            let second = tokens[next + 2].number,
            (1...53).contains(second), second > number
        {
            last = second
            end = next + 2
        }
        let thisYear = MailDate.civil(today).year
        guard let monday = monday(ofWeek: last, in: thisYear) else { return nil }
        let days = monday + 6 < today - 120 ? self.monday(ofWeek: last, in: thisYear + 1) ?? monday : monday
        let range = tokens[index].range.lowerBound..<tokens[end].range.upperBound
        return (DateMention(days: days, range: range, length: 7), end - index + 1)
    }

    /// The week of 4 January is the first (ISO 8601).
    private static func monday(ofWeek week: Int, in year: Int) -> Int? {
        days(year, 1, 4).map { fourth in fourth - (fourth + 3) % 7 + 7 * (week - 1) }
    }

    // MARK: Words without blanks between them, and several words that are one

    /// `明日`, `来週月曜日`, `下周一`; `the rest of the week`.
    static func phrases(in text: SearchText, today: Int) -> [DateMention] {
        let nextMonday = nextWeekday(1, after: today)
        var mentions = DateWords.endsOfWeek.all(in: text).map { found in
            DateMention(days: nextMonday - 7, range: found.range, length: 7, isLastDay: true)
        }
        guard text.bytes.contains(where: { $0 >= 0xE0 }) else { return mentions }
        for found in DateWords.ideographic.all(in: text) {
            guard let (offset, weekday) = DateWords.ideographicDays[found.phrase] else { continue }
            var days = today + offset
            if let weekday {
                days = offset >= 7 ? nextMonday + weekday - 1 : nextWeekday(weekday, after: today)
            }
            mentions.append(DateMention(days: days, range: found.range))
        }
        return mentions
    }
}
