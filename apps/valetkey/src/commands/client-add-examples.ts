/** What stands at the end of `valetkey client add --help`. */
export const clientAddExamples = `
Examples:
  A web app:
    valetkey client add --name "Print Shop" --redirect-uri https://print.example/callback --scope photos:read
  A web app that signs people in by OpenID Connect:
    valetkey client add --name "Print Shop" --redirect-uri https://print.example/callback \\
      --scope "openid profile email offline_access" \\
      --post-logout-redirect-uri https://print.example/ \\
      --backchannel-logout-uri https://print.example/backchannel-logout
  A FAPI 2.0 client, its keys in a file and its tokens bound by DPoP:
    valetkey client add --name "Account Viewer" --profile fapi2 \\
      --auth-method private_key_jwt --jwks account-viewer.jwks.json --binding dpop \\
      --redirect-uri https://viewer.example/callback --scope "openid accounts:read"
  A client with a certificate, by RFC 8705:
    valetkey client add --name "Ledger" --auth-method self_signed_tls_client_auth --certificate ledger.pem \\
      --binding certificate --redirect-uri https://ledger.example/callback --scope accounts:read
  An app on a device:
    valetkey client add --name "Pocket Album" --public --native \\
      --redirect-uri example.album:/callback --scope "photos:read photos:write"
  An API that introspects tokens:
    valetkey client add --name "Photo API" --serves https://photos.example/api
  From client metadata, as the client would register itself:
    valetkey client add --metadata print-shop.json`;
