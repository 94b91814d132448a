import Foundation
import PurrEngine
import PurrMail
import PurrTransport

/// A person's consent at an identity provider, turned into tokens.
struct SignIn {
    let client: OAuthClient
    let address: EmailAddress
    /// The login name, which the provider's account should be.
    let user: String
    let endpoint: TokenEndpoint
    /// The port to listen on for the browser; 0 for any.
    let port: Int
    /// Says something to the person at the terminal.
    let say: (String) -> Void

    private var command: String { "purr mailbox sign-in \(address)" }

    /// By a browser on this machine (RFC 6749 §4.1 with RFC 7636 and RFC 8252).
    func byBrowser(within: Duration = .seconds(600)) async throws -> OAuthTokens {
        guard !client.authorizationURL.isEmpty else {
            throw CommandError(.usage, "\(client.provider) has no page for a browser; use --device.")
        }
        var random = SystemRandomNumberGenerator()
        let (key, state) = (ProofKey(using: &random), ProofKey.word(using: &random))
        let listener: LoopbackListener
        do throws(HTTPFailure) { listener = try LoopbackListener(port: port) } catch {
            throw CommandError(.unavailable, "\(error.text); choose another --port, or leave it out.")
        }
        let redirect = "http://\(client.redirectHost):\(listener.port)"
        let query = HTTPRequest.encoded(
            client.consentPage(redirect: redirect, state: state, key: key, account: user))
        let mark = client.authorizationURL.contains("?") ? "&" : "?"
        say(
            "Open this page in a browser on this machine and consent:\n\n  \(client.authorizationURL)\(mark)\(query)\n"
        )
        say("Waiting for the browser to come back to port \(listener.port) (Ctrl-C gives up)…")
        let answer: AuthorizationRedirect? = await WorkerPool(name: "sign-in", threads: 1).perform {
            var came: AuthorizationRedirect?
            _ = listener.serve(until: .after(within)) { target in
                let redirect = AuthorizationRedirect(target: target, state: state)
                switch redirect {
                case .code:
                    came = redirect
                    return (
                        "200 OK", "Thank you. You can close this page and go back to the terminal.", true
                    )
                case .refused:
                    came = redirect
                    return ("200 OK", "The sign-in was not completed; the terminal says why.", true)
                case .foreign:
                    return ("400 Bad Request", "This is not the sign-in that Purr waits for.", false)
                }
            }
            return came
        }
        switch answer {
        case .code(let code):
            return try await tokens(client.exchange(code: code, redirect: redirect, key: key))
        case .refused(let refusal):
            throw CommandError(
                .noPermission, refusal.sentence(provider: client.provider, signIn: command))
        case .foreign, nil:
            throw CommandError(
                .tryLater,
                "No browser came back within \(within.components.seconds / 60) minutes. On a machine without a browser use --device, or forward the port: ssh -L \(listener.port):127.0.0.1:\(listener.port)."
            )
        }
    }

    /// On another device (RFC 8628): for machines without a browser.
    func byDevice() async throws -> OAuthTokens {
        let (client, endpoint) = (client, endpoint)
        guard !client.deviceURL.isEmpty else {
            throw CommandError(
                .usage,
                "\(client.provider) has no sign-in by device code for mail; leave out --device, and forward the port if this machine has no browser: --port 8400 here, ssh -L 8400:127.0.0.1:8400 there."
            )
        }
        let begun = try await asking { () throws(HTTPFailure) in try endpoint.beginDevice() }
        guard let device = DeviceAnswer(body: begun.body) else {
            let answer = TokenAnswer(status: begun.status, body: begun.body, refreshToken: "", now: Date())
            throw problem(answer)
        }
        say("Open \(device.page) on any device and type the code \(device.userCode)")
        say("Waiting for your consent (Ctrl-C gives up)…")
        let end = ContinuousClock.now + .seconds(device.life)
        var interval = device.interval
        while ContinuousClock.now < end {
            try await Task.sleep(for: .seconds(interval))
            let answer = try await asking { () throws(HTTPFailure) in
                try endpoint.ask(client.devicePoll(device.deviceCode))
            }
            switch answer {
            case .tokens(let tokens, let account): return try checked(tokens, account)
            case .pending: continue
            // RFC 8628 §3.5: five seconds more, from now on.
            case .slowDown: interval += 5
            case .refused, .unusable: throw problem(answer)
            }
        }
        throw CommandError(.tryLater, "Nobody consented in time. Try again: \(command) --device")
    }

    private func tokens(_ fields: [(name: String, value: String)]) async throws -> OAuthTokens {
        let endpoint = endpoint
        let answer = try await asking { () throws(HTTPFailure) in try endpoint.ask(fields) }
        guard case .tokens(let tokens, let account) = answer else { throw problem(answer) }
        return try checked(tokens, account)
    }

    /// Refuses tokens of somebody else's account, and those that cannot be renewed.
    private func checked(_ tokens: OAuthTokens, _ account: String?) throws -> OAuthTokens {
        if let account, account.lowercased() != user.lowercased(), account.lowercased() != address.key {
            throw CommandError(
                .badData,
                "You signed in as \(account), but the mailbox is \(address). Sign in with that account, or say --user \(account) if its login name differs."
            )
        }
        guard !tokens.refreshToken.isEmpty else {
            throw CommandError(
                .configuration,
                "\(client.provider) gave no refresh token, so the sign-in would end within the hour. Allow offline access (the scope offline_access) for the app that you registered there."
            )
        }
        return tokens
    }

    private func asking<Answer: Sendable>(
        _ body: @escaping @Sendable () throws(HTTPFailure) -> Answer
    ) async throws -> Answer {
        let result: Result<Answer, HTTPFailure> = await WorkerPool(name: "sign-in", threads: 1).perform {
            do throws(HTTPFailure) { return .success(try body()) } catch { return .failure(error) }
        }
        do throws(HTTPFailure) { return try result.get() } catch {
            throw CommandError(
                error.reason == .unreachable ? .unavailable : .configuration,
                "\(client.provider) could not be asked. \(error.text).")
        }
    }

    private func problem(_ answer: TokenAnswer) -> CommandError {
        switch answer {
        case .refused(let refusal):
            CommandError(.noPermission, refusal.sentence(provider: client.provider, signIn: command))
        case .unusable(let what):
            CommandError(
                .unavailable,
                "\(client.provider) gave no usable answer: \(what). Check the URLs of the provider, or try later."
            )
        case .tokens, .pending, .slowDown:
            CommandError(.unavailable, "\(client.provider) gave no usable answer. Try later.")
        }
    }
}
