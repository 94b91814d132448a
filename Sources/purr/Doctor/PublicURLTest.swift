import Foundation
import PurrEngine
import PurrMail
import PurrTransport

/// Whether the public URL leads to this Purr: a question that only a daemon with this key can answer.
struct PublicURLTest {
    let url: PublicURL
    let tokens: LinkTokens
    /// A file with the authorities to trust instead of the system's.
    let ca: String?

    /// What came of it.
    struct Outcome {
        /// Why the URL does not lead here, in a sentence; nil when it does.
        var problem: String?
        /// What whoever answered takes for the present time.
        var date: Date?
    }

    /// Asks once by GET and once by POST; blocks.
    func run() -> Outcome {
        let challenge = UUID().uuidString.lowercased()
        var outcome = Outcome()
        for method in ["GET", "POST"] {
            let answer: HTTPResponse
            let address = "\(url)/check/\(challenge)"
            let request =
                method == "POST"
                ? HTTPRequest.form(address, [("check", "1")], caFile: ca)
                : HTTPRequest(.get, address, caFile: ca)
            do throws(HTTPFailure) { answer = try request.perform() } catch {
                outcome.problem =
                    error.reason == .certificate
                    ? "The certificate of \(url) is not accepted (\(error.text)); mend it, or name your own authority with --ca."
                    : "\(url) cannot be reached (\(error.text)). Check its name, the proxy, and that purr run runs."
                return outcome
            }
            outcome.date = answer.headers["date"].flatMap { MailDate.date($0.utf8) }
            let text = String(decoding: answer.body, as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines)
            if answer.status == 200, text == tokens.answer(to: "\(method) \(challenge)") { continue }
            let words =
                switch answer.status {
                case 200: "something else answers there"
                case 300..<400:
                    "it redirects elsewhere (\(answer.status)); give the address it redirects to"
                case 502, 503, 504:
                    "the proxy finds nobody behind it (\(answer.status)); is purr run running"
                default: "the answer to \(method) was \(answer.status)"
                }
            outcome.problem = "\(url) does not lead to this Purr: \(words)."
            return outcome
        }
        return outcome
    }
}
