// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let cFacing: [SwiftSetting] = house + [.strictMemorySafety()]
let planted: [SwiftSetting] = [.define("PLANTED_BUGS", .when(configuration: .debug))]

let package = Package(
    name: "purr",
    products: [.executable(name: "purr", targets: ["purr"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries: headers, and the macros Swift cannot see.
        .systemLibrary(name: "CCares"),
        .systemLibrary(name: "CCmark"),
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CEtpan"),
        .systemLibrary(name: "CIcal"),

        // Pure: every decision is a function of values.
        .target(name: "PurrMail", swiftSettings: house),
        .target(name: "PurrSequences", dependencies: ["PurrMail"], swiftSettings: house),
        .target(name: "PurrCalendar", dependencies: ["CIcal", "PurrMail"], swiftSettings: house),
        .target(name: "PurrReplies", dependencies: ["PurrCalendar", "PurrMail"], swiftSettings: house),
        .target(name: "PurrSendTime", swiftSettings: house),
        .target(name: "PurrTemplates", dependencies: ["CCmark", "PurrMail"], swiftSettings: house),
        .target(
            name: "PurrFiles", dependencies: ["PurrMail", "PurrSequences", "PurrTemplates", "Yams"],
            swiftSettings: house),

        // The edges.
        .target(
            name: "PurrStore",
            dependencies: [
                "PurrMail", "PurrSendTime", "PurrSequences", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .target(
            name: "PurrTransport", dependencies: ["CCares", "CCurl", "PurrMail"], swiftSettings: cFacing),
        .target(
            name: "PurrMailbox", dependencies: ["CEtpan", "PurrMail", "PurrTransport"],
            swiftSettings: cFacing),

        // The shell. Debug builds carry the faults that prove the simulator's net; release builds do not.
        .target(
            name: "PurrEngine",
            dependencies: [
                "PurrCalendar", "PurrFiles", "PurrMail", "PurrReplies", "PurrSendTime", "PurrSequences",
                "PurrStore",
                "PurrTemplates",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house + planted),
        .target(
            name: "PurrSimulator",
            dependencies: ["PurrEngine", "PurrMail", "PurrSequences", "PurrStore", "PurrTemplates"],
            swiftSettings: house + planted),
        .target(
            name: "PurrWeb",
            dependencies: [
                "PurrEngine", "PurrMail",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Pages")],
            swiftSettings: house),
        .executableTarget(
            name: "purr",
            dependencies: [
                "PurrCalendar", "PurrEngine", "PurrFiles", "PurrMail", "PurrMailbox", "PurrReplies",
                "PurrSendTime",
                "PurrSequences", "PurrSimulator", "PurrStore", "PurrTemplates", "PurrTransport", "PurrWeb",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house + planted),

        // Tests.
        .systemLibrary(name: "COpenSSL", path: "Tests/COpenSSL"),
        .target(
            name: "MailServers", dependencies: ["COpenSSL"], path: "Tests/MailServers", swiftSettings: house
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: house),
        .testTarget(name: "PurrMailTests", dependencies: ["PurrMail"], swiftSettings: house),
        .testTarget(name: "PurrSequencesTests", dependencies: ["PurrSequences"], swiftSettings: house),
        .testTarget(
            name: "PurrCalendarTests", dependencies: ["PurrCalendar", "PurrMail"], swiftSettings: house),
        .testTarget(
            name: "PurrRepliesTests", dependencies: ["PurrMail", "PurrReplies"], swiftSettings: house),
        .testTarget(name: "PurrSendTimeTests", dependencies: ["PurrSendTime"], swiftSettings: house),
        .testTarget(
            name: "PurrTemplatesTests", dependencies: ["PurrMail", "PurrTemplates"], swiftSettings: house),
        .testTarget(
            name: "PurrFilesTests",
            dependencies: ["PurrFiles", "PurrMail", "PurrSequences", "PurrTemplates"],
            swiftSettings: house),
        .testTarget(
            name: "PurrStoreTests", dependencies: ["PurrMail", "PurrSequences", "PurrStore"],
            swiftSettings: house),
        .testTarget(
            name: "PurrTransportTests", dependencies: ["MailServers", "PurrMail", "PurrTransport"],
            swiftSettings: house),
        .testTarget(
            name: "PurrMailboxTests",
            dependencies: ["MailServers", "PurrMail", "PurrMailbox", "PurrTransport"],
            swiftSettings: house),
        .testTarget(
            name: "PurrEngineTests",
            dependencies: [
                "PurrEngine", "PurrFiles", "PurrMail", "PurrReplies", "PurrSendTime", "PurrSequences",
                "PurrStore",
                "PurrTemplates", "PurrTransport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: house + planted),
        .testTarget(
            name: "PurrWebTests",
            dependencies: [
                "PurrEngine", "PurrFiles", "PurrMail", "PurrSequences", "PurrStore", "PurrTemplates",
                "PurrTransport", "PurrWeb",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "PurrSimulatorTests", dependencies: ["PurrEngine", "PurrSimulator"],
            swiftSettings: house + planted),
    ]
)
