import Foundation
import PurrEngine
import PurrTransport

/// Posts alarms to webhooks and runs commands for them, on threads that may block.
struct AlarmAttempts: AlarmPort {
    let folder: DataFolder
    private let pool = WorkerPool(name: "alarm", threads: 2)

    init(folder: DataFolder) { self.folder = folder }

    func attempt(_ errand: AlarmErrand) async -> AlarmVerdict {
        let cancellation = Cancellation()
        let folder = folder
        return await withTaskCancellationHandler {
            await pool.perform {
                switch errand.target {
                case .webhook(let webhook):
                    Self.post(errand, to: webhook, folder: folder, cancellation: cancellation)
                case .command(let program):
                    ChildProcess(program).run(input: errand.message.bytes, cancellation: cancellation)
                case .mail:
                    .failed("a mail is sent by its mailbox")
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private static func post(
        _ errand: AlarmErrand, to webhook: AlarmTarget.Webhook, folder: DataFolder,
        cancellation: Cancellation
    ) -> AlarmVerdict {
        let body = errand.message.bytes
        let authority: String?
        do throws(CommandError) {
            authority = try webhook.authority.map { pem throws(CommandError) in
                try folder.authorityFile(pem)
            }
        } catch {
            return .failed(error.text)
        }
        let request = HTTPRequest(
            .post, webhook.url,
            headers: [
                HTTPRequest.Header("Content-Type", "application/json"),
                HTTPRequest.Header("Purr-Event", errand.message.event),
                HTTPRequest.Header("Purr-Delivery", errand.message.id),
                HTTPRequest.Header(
                    "Purr-Signature",
                    WebhookSignature.field(of: body, secret: errand.secret ?? "", now: Date())),
            ], body: body, caFile: authority, reach: webhook.allowsPrivate ? .anywhere : .openInternet)
        do throws(HTTPFailure) {
            let answer = try request.perform(
                within: .seconds(10), limit: 1 << 16, cancellation: cancellation)
            return switch answer.status {
            case 200..<300: .delivered("\(answer.status)")
            case 300..<400:
                .failed("it redirects elsewhere (\(answer.status)), which is not followed")
            default: .failed("it answered \(answer.status)")
            }
        } catch {
            return error.reason == .cancelled ? .cancelled : .failed(error.text)
        }
    }
}

extension AlarmTarget.Webhook {
    /// Why the URL cannot be one, in a sentence; nil when it can.
    var problem: String? {
        let request = HTTPRequest(.post, url)
        guard request.isAllowed, url.utf8.count <= 1_000 else {
            return
                "The webhook should begin with https:// (or with http:// on this machine itself) and carry no user name, such as https://alarms.example.org/purr."
        }
        guard allowsPrivate || url.lowercased().hasPrefix("https://") else {
            return
                "A webhook on this machine or in its network is only posted to with --allow-private, because whoever may set one could reach what is behind the firewall."
        }
        return nil
    }
}
