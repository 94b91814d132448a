import PurrMail

/// Whether `3/4` is the third of April or the fourth of March.
enum DateOrder {
    case dayFirst, monthFirst

    /// What a text shows: a number beyond twelve, or a language whose writers put the day first.
    ///
    /// English leaves it open: the writer's zone may say it, else whichever is nearer and still to come.
    private init?(_ tokens: [DateMentions.Token], _ text: SearchText, usual: DateOrder?) {
        for (first, second) in Self.places(in: tokens) {
            guard let left = tokens[first].number, let right = tokens[second].number else { continue }
            if left > 12, left <= 31, right <= 12 {
                self = .dayFirst
                return
            }
            if right > 12, right <= 31, left <= 12 {
                self = .monthFirst
                return
            }
        }
        if !Self.english.matches(text) {
            self = .dayFirst
        } else if let usual {
            self = usual
        } else {
            return nil
        }
    }

    /// The order that the zone in a message's `Date` speaks for: west of the Atlantic the month comes first.
    ///
    /// Servers that write UTC say nothing.
    init?(zoneOf header: MessageHeader) {
        guard let field = header.raw("Date"), field.count < 128,
            let zone = field.split(whereSeparator: { $0 <= 0x20 }).first(where: { word in
                word.count == 5 && (word.first == UInt8(ascii: "+") || word.first == UInt8(ascii: "-"))
            }), zone.dropFirst().contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        self = zone.first == UInt8(ascii: "-") ? .monthFirst : .dayFirst
    }

    /// The tokens with every slashed date in the order day, month; a settled slash becomes a bar.
    static func settled(_ tokens: [DateMentions.Token], in text: SearchText, usual: DateOrder?)
        -> [DateMentions.Token]
    {
        let places = places(in: tokens)
        guard !places.isEmpty, let order = DateOrder(tokens, text, usual: usual) else { return tokens }
        var tokens = tokens
        for (first, second) in places {
            if order == .monthFirst {
                let kind = tokens[first].kind
                tokens[first] = tokens[first].with(tokens[second].kind)
                tokens[second] = tokens[second].with(kind)
            }
            tokens[first + 1] = tokens[first + 1].with(.sign(UInt8(ascii: "|")))
            if second + 1 < tokens.count, tokens[second + 1].isSign("/") {
                tokens[second + 1] = tokens[second + 1].with(.sign(UInt8(ascii: "|")))
            }
        }
        return tokens
    }

    /// Where two numbers stand with a slash between them that may be a day and a month.
    private static func places(in tokens: [DateMentions.Token]) -> [(first: Int, second: Int)] {
        var places: [(first: Int, second: Int)] = []
        var index = 0
        while index + 2 < tokens.count {
            if tokens[index + 1].isSign("/"), !tokens[index + 1].isSeparated,
                let left = tokens[index].number, let right = tokens[index + 2].number,
                (1...31).contains(left), (1...31).contains(right)
            {
                places.append((index, index + 2))
                index += 3
            } else {
                index += 1
            }
        }
        return places
    }

    private static let english = PhraseSet([
        "i am", "i'm", "i will", "i'll", "out of", "the", "of", "will be", "away", "back", "return*",
    ])
}
