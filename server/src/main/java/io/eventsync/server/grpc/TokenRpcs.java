package io.eventsync.server.grpc;

import com.google.protobuf.Timestamp;
import io.eventsync.server.auth.Action;
import io.eventsync.server.auth.ApiToken;
import io.eventsync.server.auth.Grant;
import io.eventsync.server.auth.Tokens;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.CreateTokenRequest;
import io.eventsync.v1.CreateTokenResponse;
import io.eventsync.v1.ListTokensRequest;
import io.eventsync.v1.ListTokensResponse;
import io.eventsync.v1.RevokeTokenRequest;
import io.eventsync.v1.RevokeTokenResponse;
import io.eventsync.v1.Token;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The part of AdminService that is about API tokens. They can be made before anybody has to show one. */
final class TokenRpcs {
    private static final String SERVICE = "eventsync.v1.AdminService/";

    private final Tokens tokens;

    TokenRpcs(Services services) {
        this.tokens = services.authenticator().tokens();
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "CreateToken", CreateTokenRequest.parser(), this::create);
        rpc.unary(SERVICE + "ListTokens", ListTokensRequest.parser(), (request, call) -> list(call));
        rpc.unary(SERVICE + "RevokeToken", RevokeTokenRequest.parser(), this::revoke);
    }

    private Future<Buffer> create(CreateTokenRequest request, Call call) {
        call.principal().grants().requireAll(Action.ADMIN);
        Token given = request.getToken();
        Optional<Instant> expires = given.hasExpireTime()
                ? Optional.of(DeliveryMapper.instant("token.expire_time", given.getExpireTime()))
                : Optional.empty();
        return tokens.create(given.getDisplayName(), grants(given), expires)
                .compose(made -> Rpc.encoded(CreateTokenResponse.newBuilder()
                        .setToken(toProto(made.token()))
                        .setSecret(made.secret())
                        .build()));
    }

    private static List<Grant> grants(Token token) {
        List<Grant> grants = new ArrayList<>();
        for (int i = 0; i < token.getGrantsCount(); i++) {
            String field = "token.grants[" + i + "]";
            String prefix = token.getGrants(i).getTagPrefix();
            grants.add(new Grant(
                    action(field + ".action", token.getGrants(i).getAction()),
                    prefix.isEmpty() ? Optional.empty() : Optional.of(TagPrefix.parse(field + ".tag_prefix", prefix))));
        }
        return grants;
    }

    private static Action action(String field, io.eventsync.v1.Action action) {
        return switch (action) {
            case ACTION_INGEST -> Action.INGEST;
            case ACTION_READ -> Action.READ;
            case ACTION_DELIVER -> Action.DELIVER;
            case ACTION_ADMIN -> Action.ADMIN;
            case ACTION_UNSPECIFIED, UNRECOGNIZED -> throw Failure.field(field, "must be one of the named actions");
        };
    }

    private static Token toProto(ApiToken token) {
        Token.Builder proto = Token.newBuilder()
                .setTokenId(token.id())
                .setDisplayName(token.displayName())
                .setCreateTime(time(token.created()));
        token.grants()
                .forEach(grant -> proto.addGrants(io.eventsync.v1.Grant.newBuilder()
                        .setAction(io.eventsync.v1.Action.valueOf(
                                "ACTION_" + grant.action().name()))
                        .setTagPrefix(grant.prefix().map(TagPrefix::text).orElse(""))));
        token.expires().ifPresent(at -> proto.setExpireTime(time(at)));
        token.lastUsed().ifPresent(at -> proto.setLastUsedTime(time(at)));
        return proto.build();
    }

    private static Timestamp time(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }

    private Future<Buffer> list(Call call) {
        call.principal().grants().requireAll(Action.ADMIN);
        return tokens.list().compose(all -> {
            ListTokensResponse.Builder response = ListTokensResponse.newBuilder();
            all.forEach(token -> response.addTokens(toProto(token)));
            return Rpc.encoded(response.build());
        });
    }

    private Future<Buffer> revoke(RevokeTokenRequest request, Call call) {
        call.principal().grants().requireAll(Action.ADMIN);
        return tokens.revoke(request.getTokenId()).compose(v -> Rpc.encoded(RevokeTokenResponse.getDefaultInstance()));
    }
}
