import type { SecureContextOptions } from 'node:tls'

/**
 * TLS as we speak it, at both ends: 1.3, or 1.2 with forward secrecy and
 * authenticated encryption. Node's own list also has suites of TLS 1.2 that
 * encrypt in CBC mode, which attackers could use against it since 2013 (Lucky
 * Thirteen); RFC 9325, section 4.2 recommends the suites below.
 */
export const TLS_PARAMETERS: Readonly<Pick<SecureContextOptions, 'minVersion' | 'ciphers' | 'honorCipherOrder'>> = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'
  ].join(':'),
  honorCipherOrder: true
}
