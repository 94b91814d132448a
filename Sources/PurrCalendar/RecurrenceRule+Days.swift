import PurrMail

extension RecurrenceRule {
    /// The days of the rule from `start` on that lie in `first` to `last`.
    ///
    /// - Parameter looks: How many days may still be looked at; what this takes is taken off.
    /// - Returns: nil when they do not suffice.
    func days(from start: Int, first: Int, last: Int, looks: inout Int) -> [Int]? {
        let end = min(last, until ?? last)
        var number = count == nil ? periods(from: start, to: first) : 0
        var found: [Int] = []
        var counted = 0
        while true {
            guard let period = period(number, from: start), period.lowerBound <= end else { return found }
            var chosen: [Int] = []
            for days in stretches(of: period, start: start) {
                looks -= days.count
                guard looks > 0 else { return nil }
                chosen += days.filter { matches($0, start: start) }
            }
            for (index, day) in chosen.enumerated() {
                guard
                    positions.isEmpty || positions.contains(index + 1)
                        || positions.contains(index - chosen.count),
                    day >= start
                else { continue }
                if day > end { return found }
                counted += 1
                if day >= first { found.append(day) }
                if counted == count { return found }
            }
            number += interval
        }
    }

    /// A number of whole periods, a multiple of the interval, that ends before `first`.
    private func periods(from start: Int, to first: Int) -> Int {
        guard first > start else { return 0 }
        let length =
            switch frequency {
            case .yearly: 366
            case .monthly: 31
            case .weekly: 7
            case .daily: 1
            }
        return max(0, (first - start) / length - 1) / interval * interval
    }

    /// The days of the period that many after the one in which `start` lies.
    private func period(_ number: Int, from start: Int) -> Range<Int>? {
        let civil = MailDate.civil(start)
        switch frequency {
        case .yearly:
            let year = civil.year + number
            guard year < 3_000 else { return nil }
            return MailDate.daysSince1970(
                year: year, month: 1, day: 1)..<MailDate.daysSince1970(year: year + 1, month: 1, day: 1)
        case .monthly:
            let month = civil.year * 12 + civil.month - 1 + number
            guard month < 36_000 else { return nil }
            return Self.firstDay(ofMonth: month)..<Self.firstDay(ofMonth: month + 1)
        case .weekly:
            let monday = start - (Self.weekday(of: start) - weekStart + 7) % 7 + number * 7
            return monday..<(monday + 7)
        case .daily: return (start + number)..<(start + number + 1)
        }
    }

    /// Where in a period days can be: of a year, only some of the months.
    private func stretches(of period: Range<Int>, start: Int) -> [Range<Int>] {
        guard frequency == .yearly, weeks.isEmpty, yearDays.isEmpty else { return [period] }
        let isAnyMonth = months.isEmpty && !(weekdays.isEmpty && monthDays.isEmpty)
        if isAnyMonth { return [period] }
        let chosen =
            months.isEmpty
            ? [MailDate.civil(start).month] : months.filter { (1...12).contains($0) }.sorted()
        let year = MailDate.civil(period.lowerBound).year * 12
        return chosen.map { Self.firstDay(ofMonth: year + $0 - 1)..<Self.firstDay(ofMonth: year + $0) }
    }

    /// - Parameter month: Counted from January of the year 0.
    private static func firstDay(ofMonth month: Int) -> Int {
        MailDate.daysSince1970(year: month / 12, month: month % 12 + 1, day: 1)
    }

    /// 0 is Monday; 1970-01-01 was a Thursday.
    private static func weekday(of day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }

    private func matches(_ day: Int, start: Int) -> Bool {
        let civil = MailDate.civil(day)
        let weekday = Self.weekday(of: day)
        if !months.isEmpty, !months.contains(civil.month) { return false }
        let month = Self.firstDay(ofMonth: civil.year * 12 + civil.month - 1)
        let monthLength = Self.firstDay(ofMonth: civil.year * 12 + civil.month) - month
        if !monthDays.isEmpty, !monthDays.contains(civil.day),
            !monthDays.contains(civil.day - monthLength - 1)
        {
            return false
        }
        let year = MailDate.daysSince1970(year: civil.year, month: 1, day: 1)
        let yearLength = MailDate.daysSince1970(year: civil.year + 1, month: 1, day: 1) - year
        if !yearDays.isEmpty, !yearDays.contains(day - year + 1),
            !yearDays.contains(day - year - yearLength)
        {
            return false
        }
        if !weeks.isEmpty, !isInWeeks(day, year: civil.year) { return false }
        if !weekdays.isEmpty {
            let isInMonth = frequency == .monthly || (frequency == .yearly && !months.isEmpty)
            let (offset, length) = isInMonth ? (civil.day - 1, monthLength) : (day - year, yearLength)
            let isChosen = weekdays.contains { chosen in
                guard chosen.day == weekday else { return false }
                if chosen.ordinal == 0 || frequency == .weekly || frequency == .daily { return true }
                return chosen.ordinal == offset / 7 + 1
                    || chosen.ordinal == -((length - 1 - offset) / 7 + 1)
            }
            if !isChosen { return false }
        }
        return isDefault(day: civil.day, month: civil.month, weekday: weekday, start: start)
    }

    /// What the rule leaves open is as it was on the first day.
    private func isDefault(day: Int, month: Int, weekday: Int, start: Int) -> Bool {
        let first = MailDate.civil(start)
        switch frequency {
        case .daily: return true
        case .weekly: return !weekdays.isEmpty || weekday == Self.weekday(of: start)
        case .monthly: return !weekdays.isEmpty || !monthDays.isEmpty || day == first.day
        case .yearly:
            if !weekdays.isEmpty || !monthDays.isEmpty || !yearDays.isEmpty { return true }
            if !weeks.isEmpty { return weekday == Self.weekday(of: start) }
            return day == first.day && (!months.isEmpty || month == first.month)
        }
    }

    /// Weeks begin on `WKST`; the first has at least four days in its year.
    private func isInWeeks(_ day: Int, year: Int) -> Bool {
        func firstWeek(of year: Int) -> Int {
            let fourth = MailDate.daysSince1970(year: year, month: 1, day: 4)
            return fourth - (Self.weekday(of: fourth) - weekStart + 7) % 7
        }
        let (begin, next) = (firstWeek(of: year), firstWeek(of: year + 1))
        guard day >= begin, day < next else { return false }
        let week = (day - begin) / 7 + 1
        return weeks.contains(week) || weeks.contains(week - (next - begin) / 7 - 1)
    }
}
