import Foundation
import PurrEngine

/// Where the password or token comes from; never from an argument, which everybody can read in the process list.
struct SecretSource {
    var passwordFile: String?
    var tokenFile: String?
    var environment: [String: String]

    func secret(for user: String) throws -> Secret {
        if let tokenFile {
            guard passwordFile == nil else {
                throw CommandError(.usage, "Give either --password-file or --token-file, not both.")
            }
            return .token(try checked(line(of: tokenFile), "The token in \(fileName(tokenFile))"))
        }
        if let passwordFile {
            return .password(
                try checked(line(of: passwordFile), "The password in \(fileName(passwordFile))"))
        }
        if let password = environment["PURR_PASSWORD"], !password.isEmpty {
            return .password(try checked(password, "The password in PURR_PASSWORD"))
        }
        guard let typed = Terminal.secret("Password of \(user): ") else {
            throw CommandError(
                .usage,
                "A password is needed: give --password-file FILE, or PURR_PASSWORD, or run this in a terminal to be asked."
            )
        }
        return .password(try checked(typed, "The password"))
    }

    /// The file without its last line end.
    func line(of path: String) throws -> String {
        var bytes = try contents(of: path, limit: 1 << 20)
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(.badData, "\(fileName(path)) is not UTF-8 text.")
        }
        return text
    }

    private func checked(_ secret: String, _ what: String) throws -> String {
        guard !secret.isEmpty else { throw CommandError(.badData, "\(what) is empty.") }
        guard secret.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw CommandError(
                .badData, "\(what) holds a line break or another control character; it should be one line.")
        }
        return secret
    }
}
