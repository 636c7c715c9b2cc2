package facts

// GatewayAPI is the API group of the Gateway API, which is before the kinds of its objects.
const GatewayAPI = "gateway.networking.k8s.io"
