/// The words dates are made of, in small letters.
///
/// English, Norwegian, Swedish, Danish, Finnish, German, Dutch, French, Spanish, Portuguese, Italian,
/// Polish; Japanese and Chinese write months as numbers.
enum DateWords {
    /// 1 to 12, for a name or a usual abbreviation.
    static func month(_ word: String) -> Int? { months[word] }

    private static let months: [String: Int] = {
        let rows = [
            "january jan januar januari tammikuu tammikuuta tammikuun janvier janv enero ene janeiro gennaio gen stycznia styczeń sty jänner",
            "february feb februar februari helmikuu helmikuuta helmikuun février fevrier févr fév febrero fevereiro fev febbraio lutego luty lut febr",
            "march mar mars märz maerz mrz maaliskuu maaliskuuta maaliskuun maart mrt marzo março marco marca marzec",
            "april apr huhtikuu huhtikuuta huhtikuun avril avr abril abr aprile kwietnia kwiecień kwi",
            "may mai maj toukokuu toukokuuta toukokuun mei mayo maio maggio mag maja",
            "june jun juni kesäkuu kesäkuuta kesäkuun juin junio junho giugno giu czerwca czerwiec cze",
            "july jul juli heinäkuu heinäkuuta heinäkuun juillet juil julio julho luglio lug lipca lipiec lip",
            "august aug augusti elokuu elokuuta elokuun augustus août aout agosto ago sierpnia sierpień sie",
            "september sep sept syyskuu syyskuuta syyskuun septembre septiembre setiembre setembro set settembre sett września wrzesień wrz",
            "october oct oktober okt lokakuu lokakuuta lokakuun octobre octubre outubro out ottobre ott października październik paź",
            "november nov marraskuu marraskuuta marraskuun novembre noviembre novembro listopada listopad lis",
            "december dec desember des dezember dez joulukuu joulukuuta joulukuun décembre decembre déc diciembre dic dezembro dicembre grudnia grudzień gru",
        ]
        var table: [String: Int] = [:]
        for (index, row) in rows.enumerated() {
            for name in row.split(separator: " ") { table[String(name)] = index + 1 }
        }
        return table
    }()

    /// 1 is Monday.
    static let weekdays: [String: Int] = {
        let rows = [
            "monday mandag måndag maanantai maanantaina montag maandag lundi lunes lunedì lunedi poniedziałek",
            "tuesday tirsdag tisdag tiistai tiistaina dienstag dinsdag mardi martes martedì martedi wtorek",
            "wednesday onsdag keskiviikko keskiviikkona mittwoch woensdag mercredi miércoles miercoles mercoledì mercoledi środa środę",
            "thursday torsdag torstai torstaina donnerstag donderdag jeudi jueves giovedì giovedi czwartek",
            "friday fredag perjantai perjantaina freitag vrijdag vendredi viernes venerdì venerdi piątek",
            "saturday lørdag lördag lauantai lauantaina samstag sonnabend zaterdag samedi sábado sabato sobota sobotę",
            "sunday søndag söndag sunnuntai sunnuntaina sonntag zondag dimanche domingo domenica niedziela niedzielę",
        ]
        var table: [String: Int] = [:]
        for (index, row) in rows.enumerated() {
            for name in row.split(separator: " ") { table[String(name)] = index + 1 }
        }
        return table
    }()

    /// Days from today.
    static let offsets = [
        "tomorrow": 1, "imorgen": 1, "imorgon": 1, "huomenna": 1, "demain": 1, "mañana": 1, "amanhã": 1,
        "domani": 1,
        "jutro": 1, "übermorgen": 2, "overmorgen": 2, "pojutrze": 2, "明日": 1, "明天": 1, "后天": 2,
    ]

    static let inFuture: Set<String> = [
        "in", "om", "within", "over", "dans", "en", "em", "tra", "fra", "za", "binnen", "innen",
    ]

    static let next: Set<String> = [
        "next", "neste", "nästa", "næste", "nächste", "nächsten", "nächster", "kommende", "volgende",
        "prochain", "prochaine",
        "próximo", "próxima", "prossimo", "prossima", "przyszły", "przyszłym", "ensi",
    ]

    static let units: [String: Int] = [
        "day": 1, "days": 1, "dag": 1, "dager": 1, "dagar": 1, "dage": 1, "dagen": 1, "tag": 1, "tage": 1,
        "tagen": 1,
        "jour": 1, "jours": 1, "día": 1, "días": 1, "dia": 1, "dias": 1, "giorno": 1, "giorni": 1, "dni": 1,
        "päivää": 1,
        "päivän": 1, "week": 7, "weeks": 7, "uke": 7, "uker": 7, "vecka": 7, "veckor": 7, "uge": 7,
        "uger": 7, "woche": 7,
        "wochen": 7, "weken": 7, "semaine": 7, "semaines": 7, "semana": 7, "semanas": 7, "settimana": 7,
        "settimane": 7,
        "tydzień": 7, "tygodnie": 7, "tygodni": 7, "viikko": 7, "viikolla": 7, "viikon": 7, "viikkoa": 7,
        "tygodniu": 7,
    ]

    static let numbers: [String: Int] = [
        "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "en": 1,
        "ei": 1, "to": 2, "tre": 3,
        "fire": 4, "två": 2, "fyra": 4, "einer": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4, "een": 1,
        "twee": 2,
        "drie": 3, "une": 1, "un": 1, "deux": 2, "trois": 3, "dos": 2, "tres": 3, "una": 1, "duas": 2,
        "dois": 2, "due": 2,
    ]

    /// Words that stand inside a date.
    static let inDates: Set<String> = [
        "of", "the", "de", "del", "den", "dem", "d", "th", "st", "nd", "rd", "e", "er", "le", "el", "il",
        "do", "di", "dia", "dnia",
        "am", "on", "kl", "día",
    ]

    /// Words that stand before a date in numbers.
    static let beforeDates: Set<String> = [
        "until", "till", "til", "bis", "zum", "am", "den", "dem", "vom", "von", "on", "from", "to", "fra",
        "från", "ab", "tot", "met",
        "m", "le", "du", "au", "el", "al", "il", "dal", "do", "od", "dnia", "einschließlich", "inkl",
        "tilbake", "tillbaka", "med",
        "til", "the", "by", "og", "och", "und", "und", "tom", "hasta", "até", "dia", "fino", "jusqu",
    ]
}
