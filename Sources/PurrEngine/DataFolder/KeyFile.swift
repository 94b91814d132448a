package import Crypto
internal import Foundation

/// Where the key lies that opens the credentials: 32 bytes, as they are or in base64 (spec M7.2).
package struct KeyFile: Sendable, Hashable {
    let path: String
    /// Where it lies, for a look at its rights.
    package var location: String { path }
    /// Whether it is ours to make, rather than the user's or systemd's.
    let isOurs: Bool

    /// `PURR_KEY_FILE`, else systemd's credential `purr-key`, else the data folder's own.
    package init(of folder: DataFolder, environment: [String: String]) {
        if let named = environment["PURR_KEY_FILE"], !named.isEmpty {
            self.init(path: named, isOurs: false)
        } else if let credentials = environment["CREDENTIALS_DIRECTORY"],
            FileManager.default.fileExists(atPath: credentials + "/purr-key")
        {
            self.init(path: credentials + "/purr-key", isOurs: false)
        } else {
            self.init(path: folder.ownKeyPath, isOurs: true)
        }
    }

    /// The key that a person names.
    package init(named path: String) { self.init(path: path, isOurs: false) }

    private init(path: String, isOurs: Bool) {
        self.path = path
        self.isOurs = isOurs
    }

    /// Makes the data folder's own key, unless one is there; one that is kept elsewhere must be there.
    ///
    /// - Returns: Whether it was made.
    func makeIfOurs() throws(CommandError) -> Bool {
        guard isOurs, !FileManager.default.fileExists(atPath: path) else {
            _ = try key()
            return false
        }
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let isMade = FileManager.default.createFile(
            atPath: path, contents: bytes, attributes: [.posixPermissions: 0o600])
        guard isMade, (try? key()) != nil else {
            try? FileManager.default.removeItem(atPath: path)
            throw CommandError(
                .cannotCreate,
                "The key file \(path) cannot be written. Check the folder's rights and the disk.")
        }
        return true
    }

    /// Whether the file holds this key now.
    package func holds(_ key: SymmetricKey) throws(CommandError) -> Bool { try self.key() == key }

    /// The key itself.
    package func key() throws(CommandError) -> SymmetricKey { SymmetricKey(data: try bytes()) }

    /// The key's 32 bytes.
    func bytes() throws(CommandError) -> Data {
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            let isMissing = !FileManager.default.fileExists(atPath: path)
            throw CommandError(
                isMissing ? .configuration : .noPermission,
                isMissing
                    ? "The key file \(path) is missing, and without it no password can be read. Put it back from a backup, or name it in PURR_KEY_FILE."
                    : "The key file \(path) cannot be read: \(reason(error)). Check its owner and rights.")
        }
        if bytes.count == 32 { return bytes }
        let text = String(decoding: bytes.prefix(200), as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
        if let decoded = Data(base64Encoded: text), decoded.count == 32 {
            return decoded
        }
        throw CommandError(
            .configuration,
            "The key file \(path) is not a key: it has \(bytes.count) bytes, and a key is 32 bytes, or 32 bytes in base64. Put the right one back from a backup."
        )
    }
}
