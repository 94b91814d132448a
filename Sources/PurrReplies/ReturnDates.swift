package import Foundation
import PurrMail

/// The first day back, read from the text of an out-of-office.
///
/// Source: spec R3.c. Dates are found in the forms of fourteen languages; the words before a date say
/// what it is: the day of return, or the last day away (then the day after it counts). Without such
/// words the end of a range counts, then the latest date to come.
package enum ReturnDates {
    /// - Parameters:
    ///   - text: The sender's own text.
    ///   - usual: How the writer orders `3/4`, where known.
    ///   - receivedAt: Relative dates and dates without a year are read from here.
    /// - Returns: nil when no date is named, or only dates that have passed.
    static func returnDate(
        in text: SearchText, subject: SearchText, receivedAt: Date, usual: DateOrder? = nil
    ) -> ReturnDate? {
        let today = Int((receivedAt.timeIntervalSince1970 / 86_400).rounded(.down))
        return returnDate(in: text, today: today, usual) ?? returnDate(in: subject, today: today, usual)
    }

    /// The same for text as it stands in a mail.
    package static func returnDate(in text: String, receivedAt: Date) -> ReturnDate? {
        returnDate(in: SearchText(text), subject: SearchText(""), receivedAt: receivedAt)
    }

    private static func returnDate(in text: SearchText, today: Int, _ usual: DateOrder?)
        -> ReturnDate?
    {
        let mentions = DateMentions.all(in: text, today: today, usual: usual)
        var best: (rank: Int, days: Int)?
        for (index, mention) in mentions.enumerated() {
            let previous = index > 0 ? mentions[index - 1].range.upperBound : 0
            let before = clause(
                text, from: max(previous, mention.range.lowerBound - 90), to: mention.range.lowerBound)
            let next = index + 1 < mentions.count ? mentions[index + 1].range.lowerBound : text.bytes.count
            let after = behind(text, from: mention.range.upperBound, to: next)
            let isRangeEnd =
                index > 0
                && isRange(text, from: mentions[index - 1].range.upperBound, to: mention.range.lowerBound)
            let isReturn =
                wordsOfReturn.last(in: before) || wordsOfReturnAfter.first(in: after) != nil
            let rank: Int
            var isLastDay = false
            if mention.isLastDay {
                (rank, isLastDay) = (3, true)
            } else if isReturn, !wordsOfLastDay.last(in: before, within: 24), !isRangeEnd {
                rank = 4
            } else if wordsOfLastDay.last(in: before, within: 40) || inclusive.begins(after) != nil {
                (rank, isLastDay) = (3, true)
            } else if isRangeEnd {
                (rank, isLastDay) = (3, true)
            } else if wordsOfEnd.last(in: before, within: 32) {
                rank = 3
            } else if wordsOfStart.last(in: before, within: 24) {
                rank = mention.length > 1 ? 1 : 0
            } else {
                rank = 1
            }
            // A week away ends with its Sunday.
            var days = mention.days
            if mention.length > 1 {
                days += rank == 4 ? 0 : mention.length
            } else if isLastDay {
                days += 1
            }
            // A day that has passed is no day of return; nor is one years away.
            guard days >= today, days <= today + 730, rank > 0 else { continue }
            if best.map({ rank > $0.rank || (rank == $0.rank && rank < 4 && days > $0.days) }) ?? true {
                best = (rank, days)
            }
        }
        return best.flatMap { ReturnDate(daysSince1970: $0.days) }
    }

    /// The words behind a date that belong to it: not beyond the sentence, nor beyond a comma where another
    /// date follows.
    private static func behind(_ text: SearchText, from start: Int, to next: Int) -> SearchText {
        let limit = min(next, start + 60)
        let isLast = next == text.bytes.count
        let end = text.bytes[start..<limit].firstIndex { byte in
            ".;!".utf8.contains(byte) || !isLast && byte == UInt8(ascii: ",")
        }
        return clause(text, from: start, to: end ?? limit)
    }

    private static func isRange(_ text: SearchText, from start: Int, to end: Int) -> Bool {
        guard end >= start, end - start <= 12 else { return false }
        let between = SearchText(String(decoding: text.bytes[start..<end], as: UTF8.self))
        return rangeWords.contains(between.text)
    }

    private static func clause(_ text: SearchText, from start: Int, to end: Int) -> SearchText {
        guard start < end else { return SearchText("") }
        return SearchText(String(decoding: text.bytes[start..<end], as: UTF8.self))
    }

    private static let rangeWords: Set<String> = [
        "-", "to", "til", "till", "bis", "tot", "t/m", "au", "al", "a", "ao", "do", "~", "から", "到", "至",
        "through", "and",
        "until", "- to", "bis zum", "bis einschließlich", "bis einschl.", "bis inkl.", "tot en met",
        "fino al", "t.o.m",
        "t.o.m. den", "til og med den", "till och med", "till och med den", "until the", "to the", "e",
        "al giorno", "til den", "till den", "y", "et", "und", "hasta", "through to", "frem til",
        "fram till", "indtil",
        "do dnia", "i", ". -", ".-", ". bis", ". til", ". to", "日から", "e o dia", "and the", "hasta el",
        "jusqu'au", "t.o.m.", "til og med",
        "och", "og", "thru",
        "- fr", "à", "até", "até o dia",
    ]

    private static let wordsOfReturn = PhraseSet([
        "return", "returning", "returns", "back", "i return", "be in the office", "resume",
        "available again", "tilbake",
        "tilbage", "tillbaka", "åter", "retur", "zurück", "wieder", "ab dem", "ab", "erreichbar", "terug",
        "weer", "vanaf",
        "retour", "à partir du", "de retour", "reviens", "rentre", "regreso", "regresaré", "vuelvo",
        "volveré", "vuelta",
        "a partir del", "retorno", "retornarei", "voltarei", "volta", "regresso", "a partir de", "rientro",
        "rientrerò",
        "tornerò", "ritorno", "dal", "wracam", "wrócę", "powrót", "powrotu", "od dnia", "palaan",
        "takaisin", "paikalla",
        "töihin", "reachable", "work again", "on duty", "resuming", "reopen*", "retornando", "retornarei",
        "retorno", "torno", "voltando", "de regreso", "reincorpor*",
        "joignable", "nuovamente", "jälleen", "alkaen", "kehre", "opnieuw", "reprends", "reprise",
        "vender tilbage",
        "disponible", "disponível",
        "disponibile", "dostępn*", "open again", "open from", "åpner igjen", "åpent igjen", "öppnar igen",
        "öppet igen", "åbner igen", "вернусь", "zpět", "vrátím", "geöffnet", "öffnen wieder", "weer open",
        "rouvr*", "reabr*", "riapr*",
    ])

    private static let wordsOfReturnAfter = PhraseSet([
        "i will be back", "i'll be back", "i return", "i am back", "er jeg tilbake", "er tilbake",
        "tilbake", "är jag tillbaka",
        "er jeg tilbage", "tilbage", "wieder", "zurück", "bin ich", "ben ik", "terug", "weer", "に戻", "より",
        "から", "出社", "返回",
        "回来", "恢复", "復帰", "palaan", "takaisin",
    ])

    /// The date is the last day away.
    private static let wordsOfLastDay = PhraseSet([
        "until and including", "till and including", "up until and including", "including", "至", "到", "直到",
        "through", "thru", "til og med", "t.o.m", "t.o.m.", "tom", "tom.", "till och med",
        "bis einschließlich", "bis einschl.",
        "bis inkl.", "bis einschliesslich", "bis und mit", "einschließlich", "t/m", "tot en met",
        "fino al giorno", "incluido",
        "hasta el día", "jusqu'au", "inclus", "do dnia", "up to and including", "last day away",
        "til og med den",
        "bis inklusive", "saakka", "asti",
    ])

    private static let inclusive = PhraseSet([
        "inclusive", "included", "inclusi", "inclusa", "inclusos", "incluídos", "incluido", "(included",
        "einschließlich", "inklusive", "inkl", "inkl.", "inclus", "incluido",
        "incluso", "compreso",
        "incluse", "(inclusive)", "(included)", "saakka", "asti", "まで", "为止", "为止。", "止", "(incl", "incl",
        "włącznie", "까지", "kadar",
    ])

    /// The date ends the absence, without saying on which side of midnight.
    private static let wordsOfEnd = PhraseSet([
        "until", "till", "til", "untill", "by", "before", "until the", "bis", "bis zum", "bis am", "bis zu",
        "tot", "jusqu'à",
        "jusque", "hasta", "até", "fino", "fino a", "fino al", "do", "aż do", "frem til", "fram til",
        "fram till", "indtil",
        "to", "ending", "ends", "asti", "まで", "до", "по", "έως", "până", "al", "au", "ao",
    ])

    private static let wordsOfStart = PhraseSet([
        "from", "since", "starting", "beginning", "fra", "från", "fra og med", "f.o.m", "von", "vom",
        "seit", "van", "vanaf",
        "du", "depuis", "desde", "del", "de", "dal", "od", "as of", "on", "am", "sent on", "dated", "sent",
    ])
}

extension PhraseSet {
    /// Whether one of the phrases stands in the last `distance` bytes.
    fileprivate func last(in text: SearchText, within distance: Int = 90) -> Bool {
        all(in: text).contains { text.bytes.count - $0.range.upperBound <= distance }
    }
}
