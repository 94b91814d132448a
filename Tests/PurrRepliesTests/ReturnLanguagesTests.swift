import Foundation
import PurrMail
import PurrReplies
import Testing

/// Notices as people write them, and the day they are back: received on Tuesday, 11 August 2026.
@Suite("The day of return, language by language")
struct ReturnLanguagesTests {
    struct Language: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Day, then the notice; a line each.
        var notices: String
    }

    @Test(
        "is read",
        arguments: [
            Language(
                testDescription: "English",
                notices: """
                    2026-08-24 I am out of the office until Monday, 24 August 2026.
                    2026-08-15 I am away from August 3rd through August 14th and will reply when I am back.
                    2026-08-22 I'm on annual leave until and including 21 August.
                    2026-08-24 I will be back in the office on 8/24/2026.
                    2026-08-12 I am out of the office today and will return tomorrow.
                    2026-08-17 I'll be back next Monday.
                    2026-08-25 I'm on leave and will be returning in two weeks.
                    2026-08-22 Out of office 10 Aug - 21 Aug. For urgent matters call me.
                    2026-08-21 I am on vacation till the 20th of August, back on the 21st.
                    2026-08-13 Thanks for your mail. I'm travelling this week and will be back on Thursday.
                    2026-08-29 I am out of the office from 08/10/2026 to 08/28/2026.
                    2026-09-01 I will return to the office Sept. 1.
                    2027-01-05 I'm out of office from 20 December 2026 until 4 January.
                    2026-08-19 I am currently out of the office, returning Wednesday 19th August. In my absence contact Bob.
                    2026-08-31 My last day in the office before my holiday is 7 August; I return on 31 August 2026.
                    2026-08-18 I am out of the office with no access to email and will respond on my return on 2026-08-18.
                    2026-08-17 I'm off until the end of the week.
                    2026-08-22 Please note that I will be on holiday between 10/08/2026 and 21/08/2026.
                    2026-08-17 I will be out of the office for the rest of the week.
                    2026-08-24 I'm away until the 24th.
                    """),
            Language(
                testDescription: "Norwegian",
                notices: """
                    2026-08-22 Jeg er på ferie til og med 21. august.
                    2026-08-24 Jeg er tilbake på kontoret mandag 24. august.
                    2026-08-29 Jeg har ferie fra 10.08 til 28.08.
                    2026-08-12 Jeg er ikke på kontoret i dag, men er tilbake i morgen.
                    2026-08-13 Jeg er bortreist og er tilbake torsdag.
                    2026-08-24 Hei! Jeg er på ferie i uke 33 og 34, tilbake 24/8.
                    2026-09-01 Jeg har permisjon t.o.m. 31.08.2026.
                    2026-08-20 Jeg er ute av kontoret frem til 20. august 2026.
                    2026-08-25 Jeg er tilbake om to uker.
                    2026-08-15 Takk for din e-post. Jeg tar ferie f.o.m. 3. august t.o.m. 14. august.
                    2026-08-17 Jeg er tilbake neste mandag.
                    """),
            Language(
                testDescription: "Swedish",
                notices: """
                    2026-08-22 Jag har semester till och med den 21 augusti.
                    2026-08-24 Jag är tillbaka på kontoret måndagen den 24 augusti.
                    2026-08-24 Jag är på semester v. 32-34 och åter den 24/8.
                    2026-08-12 Jag är inte på kontoret idag men är åter i morgon.
                    2026-09-01 Jag är tjänstledig t.o.m. 2026-08-31.
                    2026-08-20 Tack för ditt mejl. Jag är ledig fram till 20 augusti.
                    2026-08-13 Jag är på tjänsteresa och tillbaka på torsdag.
                    2026-09-01 Jag är föräldraledig från 1 juni till 31 augusti.
                    2026-08-25 Jag är åter på kontoret om två veckor.
                    """),
            Language(
                testDescription: "Danish",
                notices: """
                    2026-08-22 Jeg holder ferie til og med den 21. august.
                    2026-08-24 Jeg er tilbage på kontoret mandag d. 24. august.
                    2026-08-22 Jeg er på ferie fra den 10/8 til den 21/8 2026.
                    2026-08-12 Jeg er ikke på kontoret i dag, men er tilbage i morgen.
                    2026-09-01 Jeg er på barsel indtil 1. september 2026.
                    2026-08-13 Jeg er tilbage igen torsdag.
                    2026-08-25 Tak for din mail. Jeg er tilbage om to uger.
                    """),
            Language(
                testDescription: "Finnish",
                notices: """
                    2026-08-22 Olen lomalla 21.8. asti.
                    2026-08-24 Olen poissa toimistolta ja palaan 24.8.2026.
                    2026-08-29 Olen vuosilomalla 10.8.-28.8.2026.
                    2026-08-24 Palaan töihin maanantaina 24. elokuuta.
                    2026-09-01 Olen lomalla 31.8. saakka.
                    2026-08-24 Olen lomalla 23. elokuuta asti.
                    2026-08-13 Olen tavoitettavissa jälleen torstaina.
                    2026-08-12 Olen lomalla ja palaan huomenna.
                    2026-08-17 Olen jälleen paikalla 17.8. alkaen.
                    """),
            Language(
                testDescription: "German",
                notices: """
                    2026-08-22 Ich bin bis einschließlich 21.08.2026 nicht im Büro.
                    2026-08-24 Ich bin ab dem 24. August wieder für Sie da.
                    2026-08-22 Ich bin vom 10.08. bis 21.08.2026 im Urlaub.
                    2026-08-12 Ich bin heute nicht im Büro und ab morgen wieder erreichbar.
                    2026-08-24 Ich bin am Montag, den 24.08.2026, wieder erreichbar.
                    2026-08-31 Ich befinde mich bis zum 31. August in Elternzeit.
                    2026-08-13 Ich bin bis Donnerstag auf Dienstreise.
                    2026-08-15 Vielen Dank für Ihre Nachricht. Ich bin vom 3. bis 14. August abwesend.
                    2026-08-25 Ich bin in zwei Wochen wieder zurück.
                    2026-08-17 Ich bin nächste Woche wieder da.
                    2026-09-01 Ich kehre am 01.09. zurück.
                    2026-08-17 Ab 17.08. bin ich wieder im Haus.
                    2026-08-29 Ich bin bis inkl. 28. August außer Haus.
                    2027-01-04 Unser Büro ist vom 21. Dezember 2026 bis 3. Januar 2027 geschlossen.
                    """),
            Language(
                testDescription: "Dutch",
                notices: """
                    2026-08-22 Ik ben afwezig tot en met 21 augustus.
                    2026-08-24 Ik ben maandag 24 augustus weer op kantoor.
                    2026-08-29 Ik ben met vakantie van 10 augustus t/m 28 augustus 2026.
                    2026-08-12 Ik ben vandaag niet op kantoor en morgen weer bereikbaar.
                    2026-09-01 Ik ben met verlof tot 1 september.
                    2026-08-17 Vanaf 17-08-2026 ben ik weer bereikbaar.
                    2026-08-25 Ik ben over twee weken weer terug.
                    2026-08-13 Ik ben donderdag weer aanwezig.
                    """),
            Language(
                testDescription: "French",
                notices: """
                    2026-08-22 Je suis absent jusqu'au 21 août inclus.
                    2026-08-24 Je serai de retour au bureau le lundi 24 août 2026.
                    2026-08-29 Je suis en congés du 10 août au 28 août.
                    2026-08-15 Absente du 03/08/2026 au 14/08/2026 inclus.
                    2026-08-12 Je suis absent aujourd'hui et de retour demain.
                    2026-08-17 Je serai de nouveau joignable à partir du 17/08.
                    2026-08-13 Je suis en déplacement et je reviens jeudi.
                    2026-08-25 Je serai de retour dans deux semaines.
                    2026-09-02 Je suis en congé maternité jusqu'au 1er septembre 2026.
                    2026-09-01 De retour le 1er septembre.
                    """),
            Language(
                testDescription: "Spanish",
                notices: """
                    2026-08-22 Estoy fuera de la oficina hasta el 21 de agosto inclusive.
                    2026-08-24 Regreso el lunes 24 de agosto de 2026.
                    2026-08-29 Estaré de vacaciones del 10 al 28 de agosto.
                    2026-08-12 Hoy estoy ausente y vuelvo mañana.
                    2026-08-17 Estaré de vuelta a partir del 17/08/2026.
                    2026-09-01 Estoy de baja por maternidad desde el 1 de junio hasta el 31 de agosto de 2026.
                    2026-08-13 Volveré el jueves.
                    2026-08-25 Estaré de regreso dentro de dos semanas.
                    2026-09-01 Me reincorporo el 1 de septiembre.
                    """),
            Language(
                testDescription: "Portuguese",
                notices: """
                    2026-08-22 Estou de férias até 21 de agosto inclusive.
                    2026-08-24 Estarei de volta na segunda-feira, 24 de agosto de 2026.
                    2026-08-29 Estarei ausente de 10/08/2026 a 28/08/2026.
                    2026-08-12 Estou ausente hoje e retorno amanhã.
                    2026-08-17 Retornarei no dia 17/08.
                    2026-09-01 Estou de licença até 31 de agosto, retornando em 1º de setembro.
                    2026-08-13 Voltarei na quinta-feira.
                    2026-08-25 Estarei de volta daqui a duas semanas.
                    2026-08-15 Estarei em férias no período de 03 a 14 de agosto.
                    """),
            Language(
                testDescription: "Italian",
                notices: """
                    2026-08-22 Sono in ferie fino al 21 agosto compreso.
                    2026-08-24 Rientrerò in ufficio lunedì 24 agosto 2026.
                    2026-08-29 Sarò assente dal 10 al 28 agosto.
                    2026-08-12 Oggi sono assente, rientro domani.
                    2026-08-17 Sarò nuovamente disponibile dal 17/08/2026.
                    2026-08-13 Sono fuori ufficio, torno giovedì.
                    2026-08-25 Tornerò tra due settimane.
                    2026-08-15 L'ufficio è chiuso dal 03/08 al 14/08 inclusi.
                    2026-09-01 Sono in maternità fino al 1 settembre 2026.
                    """),
            Language(
                testDescription: "Polish",
                notices: """
                    2026-08-22 Jestem na urlopie do 21 sierpnia włącznie.
                    2026-08-24 Wracam do biura w poniedziałek 24 sierpnia 2026.
                    2026-08-29 Przebywam na urlopie od 10.08 do 28.08.2026.
                    2026-08-12 Dziś jestem nieobecny, wracam jutro.
                    2026-08-17 Będę dostępny od 17.08.2026.
                    2026-08-13 Wrócę w czwartek.
                    2026-08-25 Wracam za dwa tygodnie.
                    2026-08-15 Jestem poza biurem od 3 do 14 sierpnia.
                    """),
            Language(
                testDescription: "Japanese",
                notices: """
                    2026-08-22 8月21日まで休暇をいただいております。
                    2026-08-24 8月24日（月）より出社いたします。
                    2026-08-29 2026年8月10日から8月28日まで不在にしております。
                    2026-08-15 8月10日〜8月14日は夏季休業とさせていただきます。
                    2026-08-12 本日は不在です。明日より対応いたします。
                    2026-08-17 出張のため不在です。次回の出社は8/17です。
                    2026-08-24 2026/08/24に復帰します。
                    2026-08-17 来週月曜日に戻ります。
                    """),
            Language(
                testDescription: "Chinese",
                notices: """
                    2026-08-24 我正在休假，8月24日返回办公室。
                    2026-08-29 我将于2026年8月10日至8月28日休假。
                    2026-08-22 我出差至8月21日，期间无法及时回复邮件。
                    2026-08-12 我今天不在办公室，明天回复您。
                    2026-08-17 本人于8月10日到8月14日休年假，8月17日恢复上班。
                    2026-08-24 我会在2026-08-24回来。
                    2026-08-17 我下周一回来。
                    2026-08-15 我在8/10-8/14期間休假。
                    """),
        ])
    func isRead(_ language: Language) {
        let received = Date(timeIntervalSince1970: 1_786_435_200)
        for notice in language.notices.split(separator: "\n") {
            let parts = notice.split(separator: " ", maxSplits: 1)
            let date = ReturnDates.returnDate(in: String(parts[1]), receivedAt: received)
            #expect(date?.description == String(parts[0]), "\(parts[1])")
        }
    }

    /// `Date`, text, day of return: the zone tells what `3/4` is where the text does not.
    @Test(
        "follows the writer's habit of writing 9/10",
        arguments: [
            ("-0500", "I am out of the office until 9/10.", "2026-09-10"),
            ("+0200", "I am out of the office until 9/10.", "2026-10-09"),
            ("-0500", "I am out of the office from 13/8 until 9/10.", "2026-10-10"),
            ("+0200", "I am out of the office from 8/13 until 9/10.", "2026-09-11"),
            ("-0500", "Je suis absente jusqu'au 9/10.", "2026-10-10"),
            ("+0000", "I am out of the office until 9/10.", "2026-09-10"),
        ])
    func order(zone: String, text: String, expected: String) {
        let message = IncomingMessage.read(
            Array(
                """
                From: kari@customer.example.org
                Subject: Automatic reply: The offer
                Date: Tue, 11 Aug 2026 10:00:00 \(zone)
                Auto-Submitted: auto-replied

                \(text)
                """.utf8))
        let judgement = judgement(
            of: message, in: Circumstances(receivedAt: Date(timeIntervalSince1970: 1_786_435_200)))
        #expect(judgement.returnDate?.description == expected)
    }
}
