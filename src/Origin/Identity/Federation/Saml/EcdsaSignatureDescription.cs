using System.Security.Cryptography;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>
/// Teaches <see cref="System.Security.Cryptography.Xml.SignedXml"/> the ECDSA signature methods of RFC 9231 section 2.3.6, which it lacks.
/// The signature is r and s side by side, which is what <see cref="ECDsa"/> expects by default.
/// Public, since CryptoConfig takes no other types.
/// </summary>
public abstract class EcdsaSignatureDescription : SignatureDescription
{
    private readonly HashAlgorithmName _hash;

    private protected EcdsaSignatureDescription(HashAlgorithmName hash)
    {
        _hash = hash;
        KeyAlgorithm = typeof(ECDsa).AssemblyQualifiedName;
    }

    /// <summary>Makes the methods known to this process; harmless when done again.</summary>
    internal static void Register()
    {
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha256Description), SignatureMethods.EcdsaSha256);
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha384Description), SignatureMethods.EcdsaSha384);
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha512Description), SignatureMethods.EcdsaSha512);
    }

    /// <inheritdoc/>
    public override HashAlgorithm CreateDigest() => _hash.Name switch
    {
        "SHA256" => SHA256.Create(),
        "SHA384" => SHA384.Create(),
        _ => SHA512.Create(),
    };

    /// <inheritdoc/>
    public override AsymmetricSignatureFormatter CreateFormatter(AsymmetricAlgorithm key) => new Formatter((ECDsa)key);

    /// <inheritdoc/>
    public override AsymmetricSignatureDeformatter CreateDeformatter(AsymmetricAlgorithm key) => new Deformatter((ECDsa)key);

    private sealed class Formatter(ECDsa key) : AsymmetricSignatureFormatter
    {
        public override void SetKey(AsymmetricAlgorithm key) => throw new NotSupportedException();

        public override void SetHashAlgorithm(string strName)
        {
            // The digest is made by the description's own algorithm.
        }

        public override byte[] CreateSignature(byte[] rgbHash) => key.SignHash(rgbHash);
    }

    private sealed class Deformatter(ECDsa key) : AsymmetricSignatureDeformatter
    {
        public override void SetKey(AsymmetricAlgorithm key) => throw new NotSupportedException();

        public override void SetHashAlgorithm(string strName)
        {
            // The digest is made by the description's own algorithm.
        }

        public override bool VerifySignature(byte[] rgbHash, byte[] rgbSignature) => key.VerifyHash(rgbHash, rgbSignature);
    }
}

/// <summary><c>ecdsa-sha256</c>.</summary>
public sealed class EcdsaSha256Description() : EcdsaSignatureDescription(HashAlgorithmName.SHA256);

/// <summary><c>ecdsa-sha384</c>.</summary>
public sealed class EcdsaSha384Description() : EcdsaSignatureDescription(HashAlgorithmName.SHA384);

/// <summary><c>ecdsa-sha512</c>.</summary>
public sealed class EcdsaSha512Description() : EcdsaSignatureDescription(HashAlgorithmName.SHA512);
