/// The words dates are made of, in small letters.
///
/// English, Norwegian, Swedish, Danish, Finnish, German, Dutch, French, Spanish, Portuguese, Italian,
/// Polish; of Czech, Russian, Ukrainian and Turkish the months. Japanese, Chinese and Korean write months
/// as numbers.
enum DateWords {
    /// 1 to 12, for a name or a usual abbreviation.
    static func month(_ word: String) -> Int? { months[word] }

    private static let months: [String: Int] = {
        let rows = [
            "january jan ledna января ocak січня januar januari tammikuu tammikuuta tammikuun janvier janv enero ene janeiro gennaio gen stycznia styczeń sty jänner",
            "february feb února февраля şubat лютого februar februari helmikuu helmikuuta helmikuun février fevrier févr fév febrero fevereiro fev febbraio lutego luty lut febr",
            "march mar marts března марта mart березня mars märz maerz mrz maaliskuu maaliskuuta maaliskuun maart mrt marzo março marco marca marzec",
            "april apr dubna апреля nisan квітня huhtikuu huhtikuuta huhtikuun avril avr abril abr aprile kwietnia kwiecień kwi",
            "may mai května мая mayıs травня maj toukokuu toukokuuta toukokuun mei mayo maio maggio mag maja",
            "june jun června июня haziran червня juni kesäkuu kesäkuuta kesäkuun juin junio junho giugno giu czerwca czerwiec cze",
            "july jul července июля temmuz липня juli heinäkuu heinäkuuta heinäkuun juillet juil julio julho luglio lug lipca lipiec lip",
            "august aug srpna августа ağustos серпня augusti elokuu elokuuta elokuun augustus août aout agosto ago sierpnia sierpień sie",
            "september sep září сентября eylül вересня sept syyskuu syyskuuta syyskuun septembre septiembre setiembre setembro set settembre sett września wrzesień wrz",
            "october oct října октября ekim жовтня oktober okt lokakuu lokakuuta lokakuun octobre octubre outubro out ottobre ott października październik paź",
            "november nov listopadu ноября kasım листопада marraskuu marraskuuta marraskuun novembre noviembre novembro listopada listopad lis",
            "december dec prosince декабря aralık грудня desember des dezember dez joulukuu joulukuuta joulukuun décembre decembre déc diciembre dic dezembro dicembre grudnia grudzień gru",
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

    /// 2 is Tuesday; `feira` follows.
    static let portugueseWeekdays = [
        "segunda": 1, "terça": 2, "terca": 2, "quarta": 3, "quinta": 4, "sexta": 5,
    ]

    /// Words that make a greeting of a morning.
    static let greetings: Set<String> = [
        "guten", "god", "goede", "goeden", "schönen", "am", "jeden", "i går",
    ]

    /// Words before a day without its month.
    static let beforeDays: Set<String> = [
        "zum", "den", "au", "le", "el", "día", "il", "al", "dia", "d", "dnia",
    ]

    /// Words between the days of a range.
    static let connectors: Set<String> = [
        "to", "til", "till", "until", "through", "thru", "bis", "tot", "t", "m", "met", "en", "au", "al",
        "a",
        "ao", "do", "à", "até", "から", "到", "至", "og", "och", "und", "and", "y", "e", "et", "i", "med",
    ]

    /// Names of weeks before their number.
    static let weekNames: Set<String> = [
        "uke", "uka", "uge", "vecka", "veckorna", "v", "kw", "kalenderwoche", "week", "viikko", "viikolla",
        "viikot", "viikoilla", "ukene", "uger", "uker", "veckor", "kalenderwochen", "weken", "weeks",
    ]

    /// Away until the week is over.
    static let endsOfWeek = PhraseSet([
        "end of the week", "end of this week", "rest of the week", "rest of this week",
        "remainder of the week",
        "all week", "this whole week", "the whole week", "ut uken", "ut uka", "resten av uken",
        "resten av uka", "hele uken", "hele uka", "veckan ut", "hela veckan", "resten av veckan",
        "resten af ugen", "hele ugen", "ugen ud", "ende der woche", "rest der woche", "die ganze woche",
        "diese woche", "einde van de week", "rest van de week", "hele week", "fin de la semaine",
        "fin de semaine", "toute la semaine", "final de la semana", "resto de la semana", "toda la semana",
        "final da semana", "resto da semana", "fine della settimana", "tutta la settimana",
        "końca tygodnia",
        "cały tydzień", "viikon loppuun", "koko viikon", "今週いっぱい", "今週末まで", "本周内", "这一周",
    ])

    /// Days after today, and the weekday where one is named; in the week after this where seven or more.
    static let ideographicDays: [String: (offset: Int, weekday: Int?)] = {
        var table: [String: (offset: Int, weekday: Int?)] = [
            "明日": (1, nil), "明天": (1, nil), "翌日": (1, nil), "明後日": (2, nil), "后天": (2, nil),
            "後天": (2, nil), "来週": (7, 1), "來週": (7, 1), "下周": (7, 1), "下週": (7, 1), "下星期": (7, 1),
        ]
        for (index, pair) in zip(["月", "火", "水", "木", "金", "土", "日"], ["一", "二", "三", "四", "五", "六", "日"])
            .enumerated()
        {
            table["\(pair.0)曜"] = (0, index + 1)
            table["来週\(pair.0)曜"] = (7, index + 1)
            table["来週の\(pair.0)曜"] = (7, index + 1)
            for week in ["周", "週", "星期", "礼拜"] {
                table["\(week)\(pair.1)"] = (0, index + 1)
                table["下\(week)\(pair.1)"] = (7, index + 1)
            }
        }
        return table
    }()
    static let ideographic = PhraseSet(Array(ideographicDays.keys))

    static let inFuture: Set<String> = [
        "in", "om", "within", "over", "dans", "en", "em", "tra", "fra", "za", "binnen", "innen", "dentro",
        "daqui",
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
        "ei": 1, "to": 2, "tre": 3, "dwa": 2, "trzy": 3, "cztery": 4, "kahden": 2, "kolmen": 3,
        "quattro": 4,
        "cuatro": 4, "quatro": 4, "quatre": 4, "três": 3, "eine": 1, "ett": 1, "et": 1, "én": 1,
        "fire": 4, "två": 2, "fyra": 4, "einer": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4, "een": 1,
        "twee": 2,
        "drie": 3, "une": 1, "un": 1, "deux": 2, "trois": 3, "dos": 2, "tres": 3, "una": 1, "duas": 2,
        "dois": 2, "due": 2,
    ]

    /// Words that stand inside a date.
    static let inDates: Set<String> = [
        "of", "the", "de", "del", "den", "dem", "d", "th", "st", "nd", "rd", "e", "er", "le", "el", "il",
        "do", "di", "dia", "dnia", "º", "ª", "°", "1º", "ste", "te", "dag",
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
